// /embed: a chat for pages of other sites to show in a frame. Its metadata is English, for crawlers, who are asked to leave it alone.
import type { Metadata } from 'next';
import { EmbedPage } from './embed-page.tsx';

export const metadata: Metadata = { title: 'Chat', robots: { index: false } };

export default function Page() {
  return <EmbedPage />;
}
