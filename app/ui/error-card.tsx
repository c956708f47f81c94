// A failure for a person: one sentence, the next step, and a button that takes it. Its code is for programs alone.
import type { ReactNode } from 'react';
import { pageStep } from '../state/page-step.ts';
import type { ShownError } from '../state/show-error.ts';

interface Props {
  error: ShownError;
  /** Without it there is no button. */
  onRetry?(): void;
  children?: ReactNode;
}

export function ErrorCard({ error, onRetry, children }: Props) {
  return (
    <div
      role="alert"
      data-testid="error-card"
      data-code={error.code}
      className="rounded-md border border-danger bg-danger-soft p-4"
    >
      <p className="break-words font-semibold text-danger">{error.message}</p>
      <p className="mt-1">{pageStep(error)}</p>
      {(onRetry || children) && (
        <div className="mt-3 flex flex-wrap gap-2">
          {onRetry && (
            <button type="button" className="button button-small" onClick={onRetry}>
              Try again
            </button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}
