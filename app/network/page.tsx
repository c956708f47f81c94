// /network: the whole network, live. Title and description are those of the export, which is in English.
import type { Metadata } from 'next';
import { NetworkPage } from './network-page.tsx';

export const metadata: Metadata = {
  title: 'Network',
  description:
    'The tabs that lend now, the rings they form, the tokens that run along them, and the last hour and day.',
};

export default function Page() {
  return <NetworkPage />;
}
