// Shows what needs a secure context where there is one. Elsewhere nothing of it starts, and a card says why and what to do.
import { type ReactNode, useSyncExternalStore } from 'react';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { uiText } from '../text/english/ui.ts';

const card = new LazyPart(() => import('./insecure-card.tsx').then(({ InsecureCard }) => InsecureCard));

/** A page stays what it is for as long as it lives. */
const subscribe = () => () => {};
const read = (): boolean => window.isSecureContext;
/** When the page is exported nobody knows yet where it will be opened. */
const unknown = (): undefined => undefined;

export function SecureOnly({ children }: { children: ReactNode }) {
  const isSecure = useSyncExternalStore<boolean | undefined>(subscribe, read, unknown);
  const InsecureCard = useLazyPart(card, isSecure === false);
  if (isSecure) return children;
  if (InsecureCard) return <InsecureCard here={window.location} />;
  return <p className="text-muted">{uiText.oneMoment}</p>;
}
