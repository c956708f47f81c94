// Shows what needs a secure context where there is one. Elsewhere nothing of it starts, and a card says why and what to do.
import { type ReactNode, useSyncExternalStore } from 'react';
import { uiText } from '../text/english/ui.ts';
import { InsecureCard } from './insecure-card.tsx';

/** A page stays what it is for as long as it lives. */
const subscribe = () => () => {};
const read = (): boolean => window.isSecureContext;
/** When the page is exported nobody knows yet where it will be opened. */
const unknown = (): undefined => undefined;

export function SecureOnly({ children }: { children: ReactNode }) {
  const isSecure = useSyncExternalStore<boolean | undefined>(subscribe, read, unknown);
  if (isSecure === undefined) return <p className="text-muted">{uiText.oneMoment}</p>;
  return isSecure ? children : <InsecureCard here={window.location} />;
}
