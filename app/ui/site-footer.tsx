// The foot of every page: what the server sees and what it does not.
import { LanguageChoice } from './language-choice.tsx';
import { ThemeChoice } from './theme-choice.tsx';

export function SiteFooter() {
  return (
    <footer className="mt-auto border-line border-t">
      <div className="mx-auto max-w-6xl px-4 py-5 text-muted text-sm">
        <p className="max-w-3xl">
          The server introduces tabs to each other, plans who holds which layers and keeps the credits. What is asked in
          the chat travels between tabs and never passes through it; what a program asks over HTTP does. Hidden states
          never do. Conversations are kept by the browser that asks, on its device, and by nobody else.
        </p>
        <div className="mt-3 flex flex-wrap items-center gap-x-6 gap-y-2">
          <ThemeChoice />
          <LanguageChoice />
        </div>
      </div>
    </footer>
  );
}
