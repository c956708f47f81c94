// The turns of a conversation, in order: the newest ones, and older ones when somebody wants them. What was drawn is drawn again only
// where its turn has changed, so that a keystroke or a token costs the same after ten thousand messages as after two.
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { formatCount } from '../format/format-count.ts';
import { chatText } from '../text/english/chat.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { AnswerMessage } from './answer-message.tsx';
import type { Turn, UserTurn } from './conversation.ts';

/** What a person may do with a turn. The same object as long as the page lives. */
export interface TurnActs {
  onRetry(failedId: number): void;
  onRegenerate(answerId: number): void;
  onEdit(question: UserTurn): void;
}

interface Props {
  /** For one conversation: another one has a list of its own (`key`). */
  turns: readonly Turn[];
  /** Given while something may be asked. */
  acts: TurnActs | undefined;
}

/** Screens full of it, drawn within a frame or two. */
const SHOWN_AT_FIRST = 40;
const SHOWN_MORE = 50;

export const MessageList = memo(function MessageList({ turns, acts }: Props) {
  const [first, setFirst] = useState(Math.max(0, turns.length - SHOWN_AT_FIRST));
  const list = useRef<HTMLOListElement>(null);
  /** A message that was shown, and where it stood before earlier ones came above it. */
  const held = useRef<{ item: Element; top: number }>(undefined);
  const from = Math.min(first, turns.length);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only earlier messages push the others down
  useLayoutEffect(() => {
    if (held.current) window.scrollBy(0, held.current.item.getBoundingClientRect().top - held.current.top);
    held.current = undefined;
  }, [first]);

  const showEarlier = () => {
    const item = list.current?.firstElementChild;
    if (item) held.current = { item, top: item.getBoundingClientRect().top };
    setFirst(Math.max(0, from - SHOWN_MORE));
  };
  return (
    <>
      {from > 0 && (
        <p className="mb-4 text-center">
          <button type="button" className="button button-small" data-testid="show-earlier" onClick={showEarlier}>
            {chatText.earlier}
          </button>
          <span className="ml-3 text-muted text-sm">{chatText.above(from, formatCount(from))}</span>
        </p>
      )}
      <ol ref={list} className="space-y-6 pb-4">
        {turns.slice(from).map((turn, at) => (
          <Message key={turn.id} turn={turn} acts={acts} isLast={from + at === turns.length - 1} />
        ))}
      </ol>
    </>
  );
});

interface MessageProps {
  turn: Turn;
  acts: TurnActs | undefined;
  isLast: boolean;
}

const Message = memo(function Message({ turn, acts, isLast }: MessageProps) {
  return (
    <li className="message">
      {turn.role === 'user' ? (
        <Question turn={turn} onEdit={acts?.onEdit} />
      ) : (
        <AnswerMessage
          turn={turn}
          {...(isLast && acts ? { onRetry: acts.onRetry, onRegenerate: acts.onRegenerate } : {})}
        />
      )}
    </li>
  );
});

function Question({ turn, onEdit }: { turn: UserTurn; onEdit: TurnActs['onEdit'] | undefined }) {
  return (
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
  );
}
