// Where credits come from, for whoever has none left.
import Link from 'next/link';

export function EarnLinks() {
  return (
    <>
      <Link href="/join" target="_blank" className="button button-small button-primary">
        Lend a GPU and earn
      </Link>
      <Link href="/account" target="_blank" className="button button-small">
        See your credits
      </Link>
    </>
  );
}
