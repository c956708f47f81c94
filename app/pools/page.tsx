// /pools: what the network serves now. The view needs the address's query, which exists only in the browser.
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PoolsView } from './pools-view.tsx';

export const metadata: Metadata = {
  title: 'Pools',
  description: 'The models that browser tabs serve together right now: rings, queues, and how well speed was foreseen.',
};

export default function PoolsPage() {
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Pools</h1>
      <div className="mt-3">
        <Suspense fallback={<p className="text-muted">One moment.</p>}>
          <PoolsView />
        </Suspense>
      </div>
    </>
  );
}
