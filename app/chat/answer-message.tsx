// One answer: its text, what it waits for, how it ended, and the route that it took.
import { memo } from 'react';
import { chatText } from '../text/english/chat.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { AnswerStats } from './answer-stats.tsx';
import { AnswerText } from './answer-text.tsx';
import type { AnswerTurn } from './conversation.ts';
import { EarnLinks } from './earn-links.tsx';
import { noticeLine } from './notice-line.ts';
import { QueuePlace } from './queue-place.tsx';

interface Props {
  turn: AnswerTurn;
  /** Given for an answer that may be gone on with. */
  onRetry?(failedId: number): void;
  onRegenerate?(answerId: number): void;
}

/** Drawn again only when its turn changes: older answers stay as they are while a new one streams. */
export const AnswerMessage = memo(function AnswerMessage({ turn, onRetry, onRegenerate }: Props) {
  const { status, text, notice, queue, plan, error, stats, settlement, finishReason, cut, leftOut } = turn;
  const streaming = status === 'streaming';
  return (
    <div data-testid="answer" data-status={status} className="max-w-prose">
      <p className="sr-only">{chatText.answer}</p>
      {leftOut !== undefined && (
        <p className="mb-2 text-muted text-sm" data-testid="left-out">
          {chatText.leftOut(leftOut)}
        </p>
      )}
      <AnswerText text={text} />
      {streaming && text === '' && !notice && !queue && <p className="caret text-muted">{chatText.reading}</p>}
      {queue && <QueuePlace queue={queue} />}
      {notice && (
        <p className="mt-2 rounded-md border border-control bg-warn-soft px-3 py-2 text-sm" data-testid="notice">
          {noticeLine(notice)}
        </p>
      )}
      {error && (
        <div className="mt-2">
          <ErrorCard error={error} {...(onRetry ? { onRetry: () => onRetry(turn.id) } : {})}>
            {error.code === 'insufficient-credits' && <EarnLinks />}
          </ErrorCard>
        </div>
      )}
      {status === 'cancelled' && <p className="mt-2 text-muted text-sm">{chatText.stopped}</p>}
      {finishReason === 'length' && <p className="mt-2 text-muted text-sm">{chatText.atLimit}</p>}
      {!streaming && text !== '' && (
        <div className="mt-1 flex flex-wrap gap-1" data-testid="answer-acts">
          <CopyButton text={text} what="answer" isQuiet />
          {onRegenerate && (
            <button type="button" className="button-quiet" onClick={() => onRegenerate(turn.id)}>
              {chatText.regenerate}
            </button>
          )}
          {onRetry && cut && !error && (
            <button type="button" className="button-quiet" onClick={() => onRetry(turn.id)}>
              {chatText.goOn}
            </button>
          )}
        </div>
      )}
      {(stats || plan) && <AnswerStats stats={stats} plan={plan} settlement={settlement} />}
    </div>
  );
});
