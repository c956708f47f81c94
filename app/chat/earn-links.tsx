// Where credits come from, for whoever has none left.
import { PageLink } from '../route/page-link.tsx';
import { chatText } from '../text/english/chat.ts';

export function EarnLinks() {
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
