// /account: credits, keys and browsers of whoever is logged in.
import type { Metadata } from 'next';
import { AccountView } from './account-view.tsx';

export const metadata: Metadata = {
  title: 'Account',
  description: 'Credits that you earn by lending a GPU, and the API keys that spend them.',
};

export default function AccountPage() {
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Account</h1>
      <div className="mt-4">
        <AccountView />
      </div>
    </>
  );
}
