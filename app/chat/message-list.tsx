// The turns of a conversation, in order.

import { AnswerMessage } from './answer-message.tsx';
import type { Turn } from './conversation.ts';

interface Props {
  turns: readonly Turn[];
  canRetry: boolean;
  onRetry(failedId: number): void;
}

export function MessageList({ turns, canRetry, onRetry }: Props) {
  if (turns.length === 0) {
    return (
      <p className="py-10 text-center text-muted">
        Write below. The answer comes from the tabs that hold the model, token by token.
      </p>
    );
  }
  const lastId = turns.at(-1)?.id;
  return (
    <ol className="space-y-6 pb-4">
      {turns.map((turn) => (
        <li key={turn.id}>
          {turn.role === 'user' ? (
            <div className="ml-auto w-fit max-w-[85%] rounded-md bg-accent-soft px-4 py-2.5">
              <p className="sr-only">You:</p>
              <p className="whitespace-pre-wrap break-words">{turn.text}</p>
            </div>
          ) : (
            <AnswerMessage
              turn={turn}
              isLatest={turn.id === lastId}
              {...(canRetry && turn.id === lastId ? { onRetry } : {})}
            />
          )}
        </li>
      ))}
    </ol>
  );
}
