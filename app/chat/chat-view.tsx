// What /chat does: read the address, open the peer that asks, and lay out state, messages and composer.
'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { resolveModel } from '../state/resolve-model.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { ProblemList } from '../ui/problem-list.tsx';
import { type ChatMode, canAsk } from './chat-mode.ts';
import { parseChatQuery } from './chat-query.ts';
import { ChatStatePanel } from './chat-state-panel.tsx';
import { ChatTalk } from './chat-talk.tsx';
import { ModePicker } from './mode-picker.tsx';
import { PoolPicker } from './pool-picker.tsx';
import { useChatPeer } from './use-chat-peer.ts';

export function ChatView() {
  const address = useSearchParams();
  const query = useMemo(() => parseChatQuery(new URLSearchParams(address.toString())), [address]);
  const site = useSiteConfig();
  const [picked, setPicked] = useState<PoolRef>();
  const [streaming, setStreaming] = useState(false);
  const [mode, setMode] = useState<ChatMode>(query.mode);
  const model = picked ?? (site.config && resolveModel(query.wish, site.config.model, site.models));
  const chat = useChatPeer(model);
  const { peer } = chat;
  const local = chat.state?.local;
  const hasLocal = local !== undefined;
  // Its failures are in the state too, where the picker shows them.
  const prepare = useCallback(() => void peer?.prepareLocal().catch(() => {}), [peer]);
  useEffect(() => {
    if (mode === 'solo' && !hasLocal) prepare();
  }, [mode, hasLocal, prepare]);
  const error = site.error ?? chat.error ?? (chat.state?.phase === 'failed' ? chat.state.error : undefined);

  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <aside className="min-w-0 space-y-4 self-start lg:sticky lg:top-6 lg:order-2" aria-label="Who answers">
        <ChatStatePanel
          state={error ? undefined : chat.state}
          error={error}
          model={model}
          streaming={streaming}
          onReopen={site.error ? site.retry : chat.reopen}
        />
        {model && chat.state && (
          <PoolPicker
            pools={chat.state.pools}
            current={poolIdOf(model)}
            model={model}
            disabled={streaming}
            onPick={setPicked}
          />
        )}
        {chat.state && (
          <ModePicker mode={mode} local={chat.state.local} disabled={streaming} onPick={setMode} onPrepare={prepare} />
        )}
        <ProblemList problems={query.problems} />
      </aside>
      <ChatTalk
        model={site.models.find(({ repo }) => repo === model?.repo)}
        peer={peer}
        mode={mode}
        ready={canAsk(mode, { coalition: chat.state?.phase === 'ready', local: local?.phase === 'ready' })}
        unfinished={chat.state?.unfinished}
        firstQuestion={query.ask}
        firstSampling={query.sampling}
        onStreaming={setStreaming}
      />
    </div>
  );
}
