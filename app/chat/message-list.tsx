// The turns of a conversation, in order.

import { chatText } from '../text/english/chat.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { AnswerMessage } from './answer-message.tsx';
import type { Turn, UserTurn } from './conversation.ts';

interface Props {
  turns: readonly Turn[];
  /** Given while something may be asked. */
  onRetry?(failedId: number): void;
  onRegenerate?(answerId: number): void;
  onEdit?(question: UserTurn): void;
}

export function MessageList({ turns, onRetry, onRegenerate, onEdit }: Props) {
  const lastId = turns.at(-1)?.id;
  return (
    <ol className="space-y-6 pb-4">
      {turns.map((turn) => (
        <li key={turn.id}>
          {turn.role === 'user' ? (
            <div className="ml-auto w-fit max-w-[85%]">
              <div className="rounded-md bg-accent-soft px-4 py-2.5">
                <p className="sr-only">{chatText.you}</p>
                <p className="whitespace-pre-wrap break-words" dir="auto">
                  {turn.text}
                </p>
              </div>
              <div className="flex justify-end gap-1">
                <CopyButton text={turn.text} what="question" isQuiet />
                {onEdit && (
                  <button type="button" className="button-quiet" onClick={() => onEdit(turn)}>
                    {chatText.edit}
                    <span className="sr-only"> {chatText.editWhat}</span>
                  </button>
                )}
              </div>
            </div>
          ) : (
            <AnswerMessage
              turn={turn}
              {...(turn.id === lastId && onRetry && onRegenerate ? { onRetry, onRegenerate } : {})}
            />
          )}
        </li>
      ))}
    </ol>
  );
}
