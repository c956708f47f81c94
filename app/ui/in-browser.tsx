// Draws in a browser what depends on how a page was opened. What the build writes down has none of it.
import { type ReactNode, useSyncExternalStore } from 'react';
import { uiText } from '../text/english/ui.ts';

const subscribe = () => () => {};

export function InBrowser({ children }: { children: ReactNode }) {
  const isHere = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  return isHere ? children : <p className="text-muted">{uiText.oneMoment}</p>;
}
