// Shown for an address that leads nowhere.
import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'No such page' };

export default function NotFound() {
  return (
    <div className="mx-auto max-w-xl py-12">
      <p className="label">404</p>
      <h1 className="mt-1 font-semibold text-2xl">There is no page at this address.</h1>
      <p className="mt-3 text-muted">The address may be mistyped, or the page has moved.</p>
      <p className="mt-6 flex flex-wrap gap-3">
        <Link href="/" className="button button-primary">
          To the start
        </Link>
        <Link href="/chat" className="button">
          To the chat
        </Link>
      </p>
    </div>
  );
}
