// The place of what is shown for an address that leads nowhere. Its title is that of the export, which is in English.
import type { Metadata } from 'next';
import { NoSuchPage } from './no-such-page.tsx';

export const metadata: Metadata = { title: 'No such page' };

export default function NotFound() {
  return <NoSuchPage />;
}
