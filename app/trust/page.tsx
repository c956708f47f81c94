// /trust: how a device comes to believe a server of its own network. Its metadata is English, for crawlers, who are asked to leave it alone.
import type { Metadata } from 'next';
import { TrustPage } from './trust-page.tsx';

export const metadata: Metadata = { title: 'Trust this server', robots: { index: false } };

export default function Page() {
  return <TrustPage />;
}
