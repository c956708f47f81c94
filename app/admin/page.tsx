// /admin: for the server's owner. Title and description are those of the export, which is in English.
import type { Metadata } from 'next';
import { AdminPage } from './admin-page.tsx';

export const metadata: Metadata = {
  title: 'Operate',
  description: 'For whoever runs this server.',
  robots: { index: false },
};

export default function Page() {
  return <AdminPage />;
}
