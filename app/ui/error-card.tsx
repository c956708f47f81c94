// A failure for a person: one sentence, the next step, and a button that takes it. Its code is for programs alone. What programs said,
// in English, is one click deeper for who reads another language.
import type { ReactNode } from 'react';
import type { ShownError } from '../state/show-error.ts';
import { tellError } from '../state/tell-error.ts';
import { errorText } from '../text/english/errors.ts';
import { OwnWords } from './program-words.tsx';

interface Props {
  error: ShownError;
  /** Without it there is no button. */
  onRetry?(): void;
  children?: ReactNode;
}

export function ErrorCard({ error, onRetry, children }: Props) {
  const { what, step, said } = tellError(error);
  const spoken = said === undefined ? 'en' : undefined;
  return (
    <div
      role="alert"
      data-testid="error-card"
      data-code={error.code}
      className="rounded-md border border-danger bg-danger-soft p-4"
    >
      <p className="break-words font-semibold text-danger" lang={spoken}>
        {what}
      </p>
      <p className="mt-1" lang={spoken}>
        {step}
      </p>
      {said !== undefined && <OwnWords said={said} />}
      {(onRetry || children) && (
        <div className="mt-3 flex flex-wrap gap-2">
          {onRetry && (
            <button type="button" className="button button-small" onClick={onRetry}>
              {errorText.retry}
            </button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}
