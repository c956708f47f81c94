// What stands on /account.
import { accountText } from '../text/english/account.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { AccountView } from './account-view.tsx';

export function AccountPage() {
  return (
    <>
      <PageTitle title={accountText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{accountText.title}</h1>
      <div className="mt-4">
        <AccountView />
      </div>
    </>
  );
}
