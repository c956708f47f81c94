// The frame of /embed. What is in it needs the address's query, which exists only in the browser.
import { embedText } from '../text/english/embed.ts';
import { SecureOnly } from '../ui/secure-only.tsx';
import { EmbedView } from './embed-view.tsx';

export function EmbedPage() {
  return (
    <>
      <h1 className="sr-only">{embedText.title}</h1>
      <SecureOnly>
        <EmbedView />
      </SecureOnly>
    </>
  );
}
