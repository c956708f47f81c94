// What stands on /admin.
import { adminText } from '../text/english/admin.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { AdminView } from './admin-view.tsx';

export function AdminPage() {
  return (
    <>
      <PageTitle title={adminText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{adminText.title}</h1>
      <div className="mt-4">
        <AdminView />
      </div>
    </>
  );
}
