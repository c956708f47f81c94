// The conversation and its composer. A question that cannot be asked yet waits in the composer, never lost.
import { useEffect, useRef, useState } from 'react';
import type { ChatPeer, UnfinishedAnswer } from '../../shard-worker/index.ts';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import type { SiteModel } from '../state/site-models.ts';
import { keepLoaded } from '../state/site-worker.ts';
import { chatText } from '../text/english/chat.ts';
import { type ChatMode, modeRequest } from './chat-mode.ts';
import { Composer } from './composer.tsx';
import type { UserTurn } from './conversation.ts';
import { FirstWords } from './first-words.tsx';
import { type SamplingForm, samplingRequest } from './sampling-form.ts';
import { SamplingSettings } from './sampling-settings.tsx';
import { TalkBar } from './talk-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useStickToEnd } from './use-stick-to-end.ts';
import { useTalk } from './use-talk.ts';
import { useTurnActs } from './use-turn-acts.ts';
import { actingTalk, recallDraft, rememberDraft, reopenTalk } from './window-talk.ts';

interface Props {
  /** What the site says of the model. */
  model: SiteModel | undefined;
  peer: ChatPeer | undefined;
  /** Answers what is asked now: the peer, or whoever asks for what was paid. */
  asker: Pick<ChatPeer, 'ask'> | undefined;
  mode: ChatMode;
  /** Most tokens of a conversation; undefined until the pool has said it. */
  contextTokens: number | undefined;
  /** A coalition, or this tab alone, would answer now. */
  ready: boolean;
  /** What ran when an earlier page was closed. */
  unfinished: UnfinishedAnswer | undefined;
  /** Asked by itself once ready; '' for none. */
  firstQuestion: string;
  firstSampling: SamplingForm;
  onStreaming(streaming: boolean): void;
}

const DOUBLE_CLICK_MS = 500;

const begun = new LazyPart(() => import('./begun-talk.ts'));
const NOTHING_SHOWN: readonly unknown[] = [];

export function ChatTalk(props: Props) {
  const { model, peer, asker, mode, contextTokens, ready, unfinished } = props;
  const { firstQuestion, firstSampling, onStreaming } = props;
  const { id, turns, isStreaming, isRestored } = useTalk();
  const [text, setText] = useState(firstQuestion);
  const [queued, setQueued] = useState(firstQuestion !== '');
  const [sampling, setSampling] = useState(firstSampling);
  const [instructions, setInstructions] = useState('');
  const [isReopened, setReopened] = useState(false);
  const sentAtMs = useRef(Number.NEGATIVE_INFINITY);
  const field = useRef<HTMLTextAreaElement>(null);
  const mayBegin = peer !== undefined || asker !== undefined || turns.length > 0;
  const talk = useLazyPart(actingTalk, mayBegin);
  const parts = useLazyPart(begun, mayBegin);
  useStickToEnd(parts ? turns : NOTHING_SHOWN);

  const hasBegun = talk !== undefined && parts !== undefined;
  useEffect(() => {
    // So that what was said is there without the server, too.
    if (hasBegun) void keepLoaded();
  }, [hasBegun]);

  useEffect(() => onStreaming(isStreaming), [isStreaming, onStreaming]);

  const write = (next: string) => {
    setText(next);
    rememberDraft(next);
  };
  const settings = () => ({ ...samplingRequest(sampling), ...modeRequest(mode), instructions: instructions.trim() });

  const send = () => {
    const question = text.trim();
    if (question === '' || isStreaming) return;
    if (!asker || !talk || !ready) return setQueued(true);
    setQueued(false);
    write('');
    talk.ask(asker, question, settings());
    sentAtMs.current = performance.now();
    field.current?.focus();
  };
  /** The page moves under a double click: its second one falls on whatever is there by then, and is not meant. */
  const keepFocus = () => {
    if (performance.now() - sentAtMs.current < DOUBLE_CLICK_MS) field.current?.focus({ preventScroll: true });
  };
  const stop = () => {
    talk?.stop();
    field.current?.focus();
  };

  useShortcuts({
    '/': () => field.current?.focus(),
    Escape: () => isStreaming && stop(),
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as it is known what this tab showed before
  useEffect(() => {
    if (!isRestored) return;
    // The question of the address may be the very one that was asked before a reload.
    if (turns.length > 0) forgetFirst();
    else if (text === '') setText(recallDraft());
  }, [isRestored]);

  const forgetFirst = () => {
    setQueued(false);
    if (text === firstQuestion) setText(recallDraft());
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as it is known
  useEffect(() => {
    if (!peer || !unfinished || !isRestored || isStreaming) return;
    forgetFirst();
    reopenTalk(peer, unfinished).finally(() => setReopened(true));
  }, [peer, unfinished, isRestored]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only becoming ready sends what waits, not each keystroke
  useEffect(() => {
    if (ready && talk && peer && isRestored && !talk.goOn() && queued) send();
  }, [queued, ready, talk, peer, unfinished, isRestored, isReopened]);

  const edit = (question: UserTurn) => {
    talk?.branch(question.id);
    write(question.text);
    field.current?.focus();
  };
  const acts = useTurnActs(
    asker &&
      talk && {
        onRetry: (failed) => talk.retry(asker, failed, settings()),
        onRegenerate: (old) => talk.regenerate(asker, old, settings()),
        onEdit: edit,
      },
  );
  return (
    <section
      className="flex min-h-[60dvh] min-w-0 flex-col lg:min-h-[calc(100dvh-7rem)]"
      aria-label={chatText.conversation}
    >
      <TalkBar />
      {turns.length === 0 ? (
        <FirstWords
          model={model}
          onPick={(question) => {
            write(question);
            field.current?.focus();
          }}
        />
      ) : (
        parts && <parts.MessageList key={id} turns={turns} acts={asker && !isStreaming ? acts : undefined} />
      )}
      <p role="status" aria-live="polite" className="sr-only">
        {parts?.announceTurns(turns)}
      </p>
      <div className="sticky bottom-0 mt-auto bg-paper pt-3 pb-3">
        <Composer
          field={field}
          text={text}
          onText={write}
          onLost={keepFocus}
          streaming={isStreaming}
          queued={queued}
          onSend={send}
          onStop={stop}
          onUnqueue={() => setQueued(false)}
        />
        {parts && <parts.ContextMeter turns={turns} contextTokens={contextTokens} />}
        <SamplingSettings
          form={sampling}
          onChange={setSampling}
          instructions={instructions}
          onInstructions={setInstructions}
        />
      </div>
    </section>
  );
}
