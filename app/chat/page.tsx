// /chat: ask a pool. Its metadata is English, for crawlers; what is shown is in the person's language.
import type { Metadata } from 'next';
import { ChatPage } from './chat-page.tsx';

export const metadata: Metadata = {
  title: 'Chat',
  description: 'Ask a language model that browser tabs hold together.',
};

export default function Page() {
  return <ChatPage />;
}
