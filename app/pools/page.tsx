// /pools: what the network serves now. Title and description are those of the export, which is in English.
import type { Metadata } from 'next';
import { PoolsPage } from './pools-page.tsx';

export const metadata: Metadata = {
  title: 'Pools',
  description: 'The models that browser tabs serve together right now: rings, queues, and how well speed was foreseen.',
};

export default function Page() {
  return <PoolsPage />;
}
