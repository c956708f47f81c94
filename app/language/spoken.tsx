// Everything that is shown, in the language of this browser. A change draws all of it anew: texts are read when rendering.
import { Fragment, type ReactNode, useEffect } from 'react';
import { useLanguage } from '../text/catalogue.ts';
import { speak, wantedLanguage } from './speak.ts';

export function Spoken({ children }: { children: ReactNode }) {
  const language = useLanguage();
  useEffect(() => {
    const wanted = wantedLanguage();
    if (wanted !== 'en') void speak(wanted);
  }, []);
  return <Fragment key={language}>{children}</Fragment>;
}
