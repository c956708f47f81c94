// How to be answered: left to the planner, in this tab alone, or by a coalition.
import type { ChatState } from '../../shard-worker/index.ts';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { chatText } from '../text/english/chat.ts';
import { Segments } from '../ui/segments.tsx';
import { CHAT_MODES, type ChatMode } from './chat-mode.ts';

/** Nobody sees it who has not chosen this device, or begun to ask. */
const model = new LazyPart(() => import('./local-model.tsx').then(({ LocalModel }) => LocalModel));

export const loadLocalModel = model.load;

interface Props {
  mode: ChatMode;
  local: ChatState['local'];
  runtime?: ChatState['runtime'];
  disabled: boolean;
  onPick(mode: ChatMode): void;
  onPrepare(): void;
}

export function ModePicker({ mode, local, runtime, disabled, onPick, onPrepare }: Props) {
  const isShown = mode === 'solo' || local !== undefined;
  const LocalModel = useLazyPart(model, isShown);
  return (
    <section aria-label={chatText.modes.question}>
      <h2 className="label">{chatText.modes.answeredBy}</h2>
      <div className="mt-1.5">
        <Segments
          legend={chatText.modes.answeredBy}
          segments={CHAT_MODES.map((value) => ({ value, name: chatText.modes[value].name }))}
          value={mode}
          disabled={disabled}
          inColumns
          testId="mode-picker"
          onPick={onPick}
        />
      </div>
      {/* The first one explains itself, and a phone has little room above the conversation. */}
      <p className={`mt-1.5 text-muted text-sm ${mode === 'auto' ? 'hidden sm:block' : ''}`}>
        {chatText.modes[mode].about}
      </p>
      {LocalModel && isShown && <LocalModel local={local} runtime={runtime} onPrepare={onPrepare} />}
    </section>
  );
}
