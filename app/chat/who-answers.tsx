// Beside the conversation; on a phone one line above it, which opens: there messages and composer are the page.
import { type ReactNode, useState } from 'react';
import { modelsText } from '../text/english/models.ts';

interface Props {
  /** What a phone shows of it: one line. */
  line: ReactNode;
  /** There is something to do about it: it stays open. */
  isUrgent: boolean;
  children: ReactNode;
}

export function WhoAnswers({ line, isUrgent, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || isUrgent;
  return (
    <aside className="min-w-0 self-start lg:sticky lg:top-6 lg:order-2" aria-label={modelsText.whoAnswers}>
      {!isUrgent && (
        <button
          type="button"
          className="flex min-h-11 w-full items-center justify-between gap-2 text-left text-sm lg:hidden"
          data-testid="who-answers"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <span className="min-w-0 truncate text-muted">{line}</span>
          <span aria-hidden="true">{isOpen ? '▴' : '▾'}</span>
        </button>
      )}
      <div className={`space-y-4 ${isShown ? '' : 'max-lg:hidden'}`}>{children}</div>
    </aside>
  );
}
