// The conversation and its composer. A question that cannot be asked yet waits in the composer, never lost.
'use client';
import { useEffect, useState } from 'react';
import type { ChatPeer, UnfinishedAnswer } from '../../shard-worker/index.ts';
import { type ChatMode, modeRequest } from './chat-mode.ts';
import { Composer } from './composer.tsx';
import { announceTurns } from './conversation.ts';
import { MessageList } from './message-list.tsx';
import { type SamplingForm, samplingRequest } from './sampling-form.ts';
import { SamplingSettings } from './sampling-settings.tsx';
import { useConversation } from './use-conversation.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

interface Props {
  peer: ChatPeer | undefined;
  mode: ChatMode;
  /** A coalition, or this tab alone, would answer now. */
  ready: boolean;
  /** What ran when an earlier page was closed. */
  unfinished: UnfinishedAnswer | undefined;
  /** Asked by itself once ready; '' for none. */
  firstQuestion: string;
  firstSampling: SamplingForm;
  onStreaming(streaming: boolean): void;
}

export function ChatTalk(props: Props) {
  const { peer, mode, ready, unfinished, firstQuestion, firstSampling, onStreaming } = props;
  const conversation = useConversation();
  const { turns, streaming } = conversation;
  const [text, setText] = useState(firstQuestion);
  const [queued, setQueued] = useState(firstQuestion !== '');
  const [sampling, setSampling] = useState(firstSampling);
  useStickToEnd(turns);

  useEffect(() => onStreaming(streaming), [streaming, onStreaming]);

  const settings = () => ({ ...samplingRequest(sampling), ...modeRequest(mode) });

  const send = () => {
    const question = text.trim();
    if (question === '' || streaming) return;
    if (!peer || !ready) return setQueued(true);
    setQueued(false);
    setText('');
    conversation.ask(peer, question, settings());
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as it is known
  useEffect(() => {
    if (!peer || !unfinished || turns.length > 0) return;
    // The question of the address may be the very one that was being answered.
    setQueued(false);
    if (text === firstQuestion) setText('');
    conversation.reopen(peer, unfinished);
  }, [peer, unfinished]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only becoming ready sends what waits, not each keystroke
  useEffect(() => {
    if (ready && peer && !conversation.goOn() && queued) send();
  }, [queued, ready, peer, unfinished]);

  const retry = (failedId: number) => {
    if (peer) conversation.retry(peer, failedId, settings());
  };
  return (
    <section className="flex min-h-[60dvh] min-w-0 flex-col lg:min-h-[calc(100dvh-7rem)]" aria-label="Conversation">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2 border-line border-b pb-2">
        <p className="text-muted text-sm">
          Kept in this tab’s memory. An answer that runs is kept by this browser too, and goes on after a reload.
        </p>
        <button
          type="button"
          className="button button-small"
          disabled={turns.length === 0}
          onClick={conversation.clear}
        >
          New chat
        </button>
      </div>
      <MessageList turns={turns} canRetry={Boolean(peer) && !streaming} onRetry={retry} />
      <p role="status" aria-live="polite" className="sr-only">
        {announceTurns(turns)}
      </p>
      <div className="sticky bottom-0 mt-auto bg-paper pt-3 pb-3">
        <Composer
          text={text}
          onText={setText}
          streaming={streaming}
          queued={queued}
          onSend={send}
          onStop={conversation.stop}
          onUnqueue={() => setQueued(false)}
        />
        <SamplingSettings form={sampling} onChange={setSampling} />
      </div>
    </section>
  );
}
