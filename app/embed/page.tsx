// /embed: a chat for pages of other sites to show in a frame. The view needs the address's query, which exists only in the browser.
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SecureOnly } from '../ui/secure-only.tsx';
import { EmbedView } from './embed-view.tsx';

export const metadata: Metadata = { title: 'Chat', robots: { index: false } };

export default function EmbedPage() {
  return (
    <Suspense fallback={null}>
      <SecureOnly>
        <EmbedView />
      </SecureOnly>
    </Suspense>
  );
}
