// What /chat does: read the address, open the peer that asks, and lay out state, messages and composer.
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatPeer, ChatState } from '../../shard-worker/index.ts';
import { describeChat, wantsTabs } from '../format/describe-chat.ts';
import { formatModel } from '../format/format-model.ts';
import { useSearchParams } from '../route/address.ts';
import { resolveModel } from '../state/resolve-model.ts';
import { keepEngine } from '../state/site-worker.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { useTouched } from '../state/use-touched.ts';
import { chatText } from '../text/english/chat.ts';
import { ProblemList } from '../ui/problem-list.tsx';
import { type ChatMode, canAsk } from './chat-mode.ts';
import { parseChatQuery } from './chat-query.ts';
import { ChatStatePanel } from './chat-state-panel.tsx';
import { ChatTalk } from './chat-talk.tsx';
import { ModePicker } from './mode-picker.tsx';
import { ModelPicker } from './model-picker.tsx';
import { useChatPeer } from './use-chat-peer.ts';
import { WhoAnswers } from './who-answers.tsx';
import { mayBeUnfinished } from './window-talk.ts';

/** For market pools alone: nothing of it is loaded before one is asked. */
const PayPanel = lazy(() => import('../pay/pay-panel.tsx').then(({ PayPanel }) => ({ default: PayPanel })));

export function ChatView() {
  const address = useSearchParams();
  const query = useMemo(() => parseChatQuery(new URLSearchParams(address.toString())), [address]);
  const site = useSiteConfig({ orHeard: true });
  const [picked, setPicked] = useState<PoolRef>();
  const [streaming, setStreaming] = useState(false);
  const [mode, setMode] = useState<ChatMode>(query.mode);
  const [paidAsker, setPaidAsker] = useState<Pick<ChatPeer, 'ask'>>();
  const model = picked ?? (site.config && resolveModel(query.wish, site.config.model, site.models));
  // A question of the address, this device, or an answer that an earlier page left: nobody need press anything.
  const [isExpected] = useState(() => query.ask !== '' || mayBeUnfinished());
  const isTouched = useTouched();
  const chat = useChatPeer(model, isExpected || isTouched || mode === 'solo');
  const { peer } = chat;
  const local = chat.state?.local;
  const hasLocal = local !== undefined;
  // Its failures are in the state too, where the picker shows them.
  const prepare = useCallback(() => void peer?.prepareLocal().catch(() => {}), [peer]);
  useEffect(() => {
    if (mode === 'solo' && !hasLocal) prepare();
  }, [mode, hasLocal, prepare]);
  const id = model && poolIdOf(model);
  const pool = chat.state?.pools.find((each) => each.pool === id);
  const isMarket = pool?.policy === 'market';
  // What this device answers alone costs nothing.
  const isPaid = isMarket && mode !== 'solo';
  const asker = isPaid ? paidAsker : peer;
  const isWhole = local?.phase === 'ready';
  useEffect(() => {
    if (isWhole) void keepEngine();
  }, [isWhole]);
  const error = site.error ?? chat.error ?? (chat.state?.phase === 'failed' ? chat.state.error : undefined);

  // Whoever has to pay first must see where.
  const isUrgent = error !== undefined || isWanting(chat.state, pool) || (isPaid && asker === undefined);

  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <WhoAnswers line={whoLine(model, chat.state)} isUrgent={isUrgent}>
        <ChatStatePanel
          state={error ? undefined : chat.state}
          error={error}
          model={model}
          streaming={streaming}
          onReopen={site.error ? site.retry : chat.reopen}
        />
        {id && isMarket && (
          <Suspense fallback={null}>
            <PayPanel pool={id} coalition={chat.state?.coalition} onAsker={setPaidAsker} />
          </Suspense>
        )}
        {model && chat.state && (
          <ModelPicker
            pools={chat.state.pools}
            models={site.models}
            current={poolIdOf(model)}
            model={model}
            disabled={streaming}
            onPick={setPicked}
          />
        )}
        {chat.state && (
          <ModePicker
            mode={mode}
            local={chat.state.local}
            runtime={chat.state.runtime}
            disabled={streaming}
            onPick={setMode}
            onPrepare={prepare}
          />
        )}
        {site.isHeard && (
          <p className="text-muted text-sm" data-testid="heard-site">
            {chatText.heard}
          </p>
        )}
        <ProblemList problems={query.problems} />
      </WhoAnswers>
      <ChatTalk
        model={site.models.find(({ repo }) => repo === model?.repo)}
        peer={peer}
        asker={asker}
        mode={mode}
        contextTokens={pool?.facts?.contextTokens}
        ready={
          asker !== undefined && canAsk(mode, { coalition: chat.isReady, local: local?.phase === 'ready' && !isPaid })
        }
        unfinished={chat.state?.unfinished}
        firstQuestion={query.ask}
        firstSampling={query.sampling}
        onStreaming={setStreaming}
      />
    </div>
  );
}

/** Nobody answers, and the person may do something about it. */
const isWanting = (state: ChatState | undefined, pool: PoolSummary | undefined): boolean =>
  state !== undefined && state.local?.phase !== 'ready' && (state.away !== undefined || wantsTabs(state.phase, pool));

function whoLine(model: PoolRef | undefined, state: ChatState | undefined): ReactNode {
  if (!model || !state) return '…';
  const pool = state.pools.find(({ pool: id }) => id === poolIdOf(model));
  return (
    <>
      <bdi>{formatModel(model)}</bdi>: {describeChat(state.phase, state.coalition?.seats ?? [], pool)}
    </>
  );
}
