// The conversation in the frame: its visitor writes, and so may the page around it. A question that cannot be asked yet waits.
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ToChat } from '../../packages/widget/src/words.ts';
import { originSchema } from '../../protocol/embed.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { Composer } from '../chat/composer.tsx';
import { announceTurns } from '../chat/conversation.ts';
import { OtherWays } from '../chat/earn-links.tsx';
import { MessageList } from '../chat/message-list.tsx';
import { useKeptPeer } from '../chat/use-kept-peer.ts';
import { useShortcuts } from '../chat/use-shortcuts.ts';
import { useStickToEnd } from '../chat/use-stick-to-end.ts';
import { useTurnActs } from '../chat/use-turn-acts.ts';
import { describeChat } from '../format/describe-chat.ts';
import type { ShownError } from '../state/show-error.ts';
import { embedText } from '../text/english/embed.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { applyLook } from './apply-look.ts';
import { EmbedFoot } from './embed-foot.tsx';
import { EmbedPay } from './embed-pay.tsx';
import { HostAsks } from './host-asks.ts';
import { HostWallets } from './host-wallets.ts';
import { OwnTab } from './own-tab.tsx';
import { useHost } from './use-host.ts';
import { useToldHeight } from './use-told-height.ts';
import { embedPeer, talk } from './window-embed.ts';

interface Props {
  /** Undefined while the server has not said which it shows first. */
  pool: PoolRef | undefined;
  /** Why it has not. */
  error: ShownError | undefined;
  onRetry(): void;
  /** Visitors are offered to lend. */
  lend: boolean;
  onLang(lang: string | undefined): void;
}

type HostAsk = ToChat & { type: 'ask' };

export function EmbedTalk({ pool, error: siteError, onRetry, lend, onLang }: Props) {
  const { id, turns } = useSyncExternalStore(talk.state.subscribe, talk.state.get, talk.state.get);
  const chat = useKeptPeer(embedPeer, pool);
  const [text, setText] = useState('');
  const [queued, setQueued] = useState(false);
  const [waiting, setWaiting] = useState<HostAsk>();
  const field = useRef<HTMLTextAreaElement>(null);
  const { isStreaming } = talk;
  const { peer, state } = chat;
  const [paid, setPaid] = useState<Pick<ChatPeer, 'ask'>>();
  const summary = pool && state?.pools.find((candidate) => candidate.pool === poolIdOf(pool));
  const isMarket = summary?.policy === 'market';
  // A market pool is asked with what was paid, and not by this tab itself.
  const asker = isMarket ? paid : peer;
  const isReady = state?.phase === 'ready' && asker !== undefined;
  // What it costs has the room then: a frame is small.
  const isUnpaid = isMarket && paid === undefined;

  const { host, say } = useHost({
    pool: pool && poolIdOf(pool),
    onLook(look) {
      applyLook(document.documentElement, look);
      onLang(look.lang);
    },
    onSaid: (message) => hear(message),
  });
  const asks = useRef<HostAsks>(undefined);
  useEffect(() => {
    asks.current = host && new HostAsks(say);
    return talk.state.subscribe(() => asks.current?.show(talk.state.get().turns));
  }, [host, say]);
  const [wallets, setWallets] = useState<HostWallets>();
  useEffect(() => {
    if (!host) return;
    const made = new HostWallets(say, () => embedText.hostWallet);
    setWallets(made);
    return () => {
      made.close();
      setWallets(undefined);
    };
  }, [host, say]);
  const isApart = host !== undefined && host.origin !== location.origin;
  // Where any page may show the chat there are some that nobody could list, such as a sandboxed one.
  const settings = isApart && originSchema.safeParse(host.origin).success ? { embeddedIn: host.origin } : {};
  const parts = useToldHeight(host);
  useStickToEnd(turns);

  const refuse = (ask: number, code: string, message: string, next: string): void =>
    say({ type: 'error', ask, code, message, next });
  const hear = (message: ToChat): void => {
    if (message.type === 'look') {
      applyLook(document.documentElement, message.look);
      onLang(message.look.lang);
    } else if (message.type === 'wallet-answered') wallets?.hear(message);
    else if (message.type === 'stop') {
      if (waiting) dropWaiting(waiting);
      else if (asks.current?.isFollowing) talk.stop();
    } else if (message.text.trim() === '')
      refuse(message.ask, 'prompt-empty', embedText.nothingAsked, embedText.nothingAskedNext);
    else if (waiting || isStreaming) refuse(message.ask, 'rate-limited', embedText.onePlace, embedText.onePlaceNext);
    else setWaiting(message);
  };
  const dropWaiting = ({ ask }: HostAsk): void => {
    setWaiting(undefined);
    refuse(ask, 'cancelled', embedText.notSent, embedText.notSentNext);
  };

  const send = () => {
    const question = text.trim();
    if (question === '' || isStreaming) return;
    if (!asker || !isReady) return setQueued(true);
    setQueued(false);
    setText('');
    talk.ask(asker, question, settings);
    field.current?.focus();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what waits is sent once somebody can answer, not at each keystroke
  useEffect(() => {
    if (!isReady || !asker || isStreaming) return;
    if (waiting) {
      setWaiting(undefined);
      talk.ask(asker, waiting.text, settings);
      asks.current?.follow(waiting.ask, talk.state.get().turns.at(-1)!.id);
    } else if (queued) send();
  }, [waiting, queued, isReady, asker, isStreaming]);

  useShortcuts({ Escape: () => isStreaming && talk.stop() });

  const error = siteError ?? chat.error ?? (state?.phase === 'failed' ? state.error : undefined);
  const acts = useTurnActs(
    asker && {
      onRetry: (failed) => talk.retry(asker, failed, settings),
      onRegenerate: (old) => talk.regenerate(asker, old, settings),
      onEdit(question) {
        talk.branch(question.id);
        setText(question.text);
        field.current?.focus();
      },
    },
  );
  return (
    <div
      ref={parts}
      className="flex min-h-dvh flex-col"
      data-testid="embed"
      data-phase={error ? 'failed' : (state?.phase ?? 'connecting')}
      data-host={host?.origin}
    >
      <section className="min-w-0 px-4 pt-4" aria-label={embedText.conversation}>
        {turns.length === 0 && !error && !isUnpaid && <p className="pb-4 text-muted">{embedText.intro}</p>}
        <OtherWays value={isApart && pool ? <OwnTab pool={pool} /> : undefined}>
          <MessageList key={id} turns={turns} acts={asker && !isStreaming ? acts : undefined} />
        </OtherWays>
        {pool && isMarket && (
          <EmbedPay
            pool={poolIdOf(pool)}
            coalition={state?.coalition}
            wallets={wallets}
            isPaid={!isUnpaid}
            onAsker={setPaid}
          />
        )}
        {error && (
          <div className="pb-4">
            <ErrorCard error={error} onRetry={siteError ? onRetry : chat.reopen} />
          </div>
        )}
      </section>
      <div className={`mt-auto bg-paper px-4 py-3 ${isUnpaid ? '' : 'sticky bottom-0'}`}>
        <p role="status" aria-live="polite" className="sr-only">
          {announceTurns(turns)}
        </p>
        {state?.phase !== 'ready' && !error && (
          <p role="status" className="mb-2 text-muted text-sm">
            {describeChat(state?.phase ?? 'connecting', state?.coalition?.seats ?? [], summary)}
          </p>
        )}
        {waiting && (
          <p className="mb-2 flex flex-wrap items-center gap-x-3 text-sm" role="status">
            {embedText.hostWaits(waiting.text)}
            <button type="button" className="link min-h-9" onClick={() => dropWaiting(waiting)}>
              {embedText.doNotSend}
            </button>
          </p>
        )}
        <Composer
          field={field}
          text={text}
          onText={setText}
          onLost={() => {}}
          streaming={isStreaming}
          queued={queued}
          onSend={send}
          onStop={talk.stop}
          onUnqueue={() => setQueued(false)}
        />
        <EmbedFoot pool={pool} lend={lend} isApart={isApart} />
      </div>
    </div>
  );
}
