// A failure for a person: one sentence, the next step, and a button that takes it. Its code is for programs alone.
import type { ReactNode } from 'react';
import type { ShownError } from '../state/show-error.ts';

interface Props {
  error: ShownError;
  /** What the button says, e.g. "Try again"; without `onRetry` there is none. */
  retryLabel?: string;
  onRetry?(): void;
  children?: ReactNode;
}

export function ErrorCard({ error, retryLabel = 'Try again', onRetry, children }: Props) {
  return (
    <div
      role="alert"
      data-testid="error-card"
      data-code={error.code}
      className="rounded-md border border-danger bg-danger-soft p-4"
    >
      <p className="break-words font-semibold text-danger">{error.message}</p>
      <p className="mt-1">{error.next}</p>
      {(onRetry || children) && (
        <div className="mt-3 flex flex-wrap gap-2">
          {onRetry && (
            <button type="button" className="button button-small" onClick={onRetry}>
              {retryLabel}
            </button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}
