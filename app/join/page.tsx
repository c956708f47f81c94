// /join: lend this tab to a pool. Title and description are those of the export, which is in English.
import type { Metadata } from 'next';
import { JoinPage } from './join-page.tsx';

export const metadata: Metadata = {
  title: 'Lend',
  description: 'Lend this tab’s GPU: it holds a few layers of a language model and computes them for others.',
};

export default function Page() {
  return <JoinPage />;
}
