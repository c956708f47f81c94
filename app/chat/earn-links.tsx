// Where credits come from, for whoever has none left.
import Link from 'next/link';
import { chatText } from '../text/english/chat.ts';

export function EarnLinks() {
  return (
    <>
      <Link href="/join" target="_blank" className="button button-small button-primary">
        {chatText.earn}
      </Link>
      <Link href="/account" target="_blank" className="button button-small">
        {chatText.seeCredits}
      </Link>
    </>
  );
}
