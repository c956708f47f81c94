// Where credits come from, for whoever has none left.
import { createContext, type ReactNode, useContext } from 'react';
import { PageLink } from '../route/page-link.tsx';
import { chatText } from '../text/english/chat.ts';

/** What is said instead where credits that are earned on other pages do not count. */
export const OtherWays = createContext<ReactNode>(undefined);

export function EarnLinks() {
  const others = useContext(OtherWays);
  if (others) return others;
  return (
    <>
      <PageLink href="/join" target="_blank" className="button button-small button-primary">
        {chatText.earn}
      </PageLink>
      <PageLink href="/account" target="_blank" className="button button-small">
        {chatText.seeCredits}
      </PageLink>
    </>
  );
}
