// /chat: ask a pool. The view needs the address's query, which exists only in the browser.
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SecureOnly } from '../ui/secure-only.tsx';
import { ChatView } from './chat-view.tsx';

export const metadata: Metadata = {
  title: 'Chat',
  description: 'Ask a language model that browser tabs hold together.',
};

export default function ChatPage() {
  return (
    <>
      <h1 className="sr-only">Chat</h1>
      <Suspense fallback={<p className="text-muted">One moment.</p>}>
        <SecureOnly>
          <ChatView />
        </SecureOnly>
      </Suspense>
    </>
  );
}
