// Copies a text and says so, to eyes and to screen readers.
import { useEffect, useState } from 'react';
import { uiText } from '../text/english/ui.ts';

interface Props {
  text: string;
  /** What is copied, for screen readers. */
  what: keyof typeof uiText.copy.done;
  /** Beside a text that matters more. */
  isQuiet?: boolean;
}

const SHOWN_MS = 2500;

export function CopyButton({ text, what, isQuiet = false }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  // A page without HTTPS has no clipboard, and a browser may refuse: then the person selects the text by hand.
  const copy = () => {
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  return (
    <span className="inline-flex items-center gap-2">
      <button type="button" className={isQuiet ? 'button-quiet' : 'button button-small'} onClick={copy}>
        {outcome === 'copied' ? uiText.copy.copied : uiText.copy.copy}
        <span className="sr-only">{uiText.copy.which[what]}</span>
      </button>
      <span role="status" className={outcome === 'refused' ? 'text-danger text-sm' : 'sr-only'}>
        {outcome === 'copied' && uiText.copy.done[what]}
        {outcome === 'refused' && uiText.copy.refused}
      </span>
    </span>
  );
}
