// The frame of /chat. What is in it needs the address's query, which exists only in the browser.
import { chatText } from '../text/english/chat.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { SecureOnly } from '../ui/secure-only.tsx';
import { ChatView } from './chat-view.tsx';

export function ChatPage() {
  return (
    <>
      <PageTitle title={chatText.title} />
      <h1 className="sr-only">{chatText.title}</h1>
      {/* As high as what comes: nothing moves when it is there. */}
      <div className="min-h-[calc(100dvh-7rem)]">
        <SecureOnly>
          <ChatView />
        </SecureOnly>
      </div>
    </>
  );
}
