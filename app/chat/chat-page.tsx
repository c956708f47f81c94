// The frame of /chat. What is in it needs the address's query, which exists only in the browser.
'use client';
import { Suspense } from 'react';
import { chatText } from '../text/english/chat.ts';
import { uiText } from '../text/english/ui.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { SecureOnly } from '../ui/secure-only.tsx';
import { ChatView } from './chat-view.tsx';

export function ChatPage() {
  return (
    <>
      <PageTitle title={chatText.title} />
      <h1 className="sr-only">{chatText.title}</h1>
      <Suspense fallback={<p className="text-muted">{uiText.oneMoment}</p>}>
        <SecureOnly>
          <ChatView />
        </SecureOnly>
      </Suspense>
    </>
  );
}
