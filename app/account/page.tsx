// /account: credits, keys and browsers of whoever is logged in. Title and description are those of the export, which is in English.
import type { Metadata } from 'next';
import { AccountPage } from './account-page.tsx';

export const metadata: Metadata = {
  title: 'Account',
  description: 'Credits that you earn by lending a GPU, and the API keys that spend them.',
};

export default function Page() {
  return <AccountPage />;
}
