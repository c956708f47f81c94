// Above a conversation: its name, a new one, and the way to all that this browser keeps.
import { memo, useState } from 'react';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { chatText } from '../text/english/chat.ts';
import { titleOf } from './talk-title.ts';
import { useTalk } from './use-talk.ts';
import { withTalk } from './window-talk.ts';

const list = new LazyPart(() => import('./talk-list.tsx').then(({ TalkList }) => TalkList));

/** Whatever is being written below changes nothing of it. */
export const TalkBar = memo(function TalkBar() {
  const { id, turns, title, isStreaming, isPrivate } = useTalk();
  const [isOpen, setOpen] = useState(false);
  const TalkList = useLazyPart(list, isOpen);
  return (
    <div className="mb-4 border-line border-b pb-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 truncate text-muted text-sm" dir="auto" data-testid="talk-title">
          {isPrivate ? chatText.talks.isPrivate : turns.length > 0 ? (title ?? titleOf(turns)) : chatText.talks.fresh}
        </p>
        <div className="flex flex-wrap gap-2">
          <button
            type="button"
            className="button button-small"
            aria-expanded={isOpen}
            data-testid="conversations"
            onClick={() => setOpen(!isOpen)}
          >
            {chatText.talks.all}
          </button>
          <button
            type="button"
            className="button button-small"
            disabled={turns.length === 0 && !isPrivate}
            onClick={() => withTalk((talk) => talk.clear())}
          >
            {chatText.talks.fresh}
          </button>
        </div>
      </div>
      {TalkList && isOpen && (
        <TalkList shown={id} version={isStreaming ? 'streams' : turns.length} onDone={() => setOpen(false)} />
      )}
    </div>
  );
});
