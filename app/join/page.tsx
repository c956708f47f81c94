// /join: lend this tab to a pool. The view needs the address's query, which exists only in the browser.
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SecureOnly } from '../ui/secure-only.tsx';
import { JoinView } from './join-view.tsx';

export const metadata: Metadata = {
  title: 'Join',
  description: 'Lend this tab’s GPU: it holds a few layers of a language model and computes them for others.',
};

export default function JoinPage() {
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Lend this tab</h1>
      <p className="mt-2 max-w-prose text-muted">
        It will hold some layers of a model, download only their weights, and compute them for whoever asks. It stops
        when you leave or close the tab.
      </p>
      <div className="mt-6">
        <Suspense fallback={<p className="text-muted">One moment.</p>}>
          <SecureOnly>
            <JoinView />
          </SecureOnly>
        </Suspense>
      </div>
    </>
  );
}
