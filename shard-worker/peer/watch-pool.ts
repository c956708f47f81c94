// Looks at a pool and takes no part: one control socket, no worker and no links. For pages that only draw it.
import { PoolError } from '../../protocol/errors.ts';
import { newIdentityKeys } from '../../protocol/identity.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import { type Store, ValueStore } from '../../protocol/value-store.ts';
import type { Host } from '../host/host.ts';
import type { ChatState } from '../words/peer-state.ts';
import { applyChatEvent, type ChatEvent, newChatLife } from './chat-life.ts';
import { ControlClient } from './control-client.ts';
import { readWatched } from './read-watched.ts';
import { controlUrl } from './site.ts';

export interface PoolWatch {
  readonly state: Store<ChatState>;
  close(): void;
}

export function watchPool(
  host: Pick<Host, 'origin' | 'openSocket'>,
  options: { pool: PoolRef; origin?: string },
): PoolWatch {
  const { origin = host.origin } = options;
  const pool = poolIdOf(options.pool);
  let life = newChatLife(pool, 'watches');
  const state = new ValueStore<ChatState>({ pool, ...life.shown });
  let control: ControlClient | undefined;
  let isClosed = false;
  const happen = (event: ChatEvent): void => {
    const step = applyChatEvent(life, event);
    life = step.life;
    state.set({ pool, ...life.shown });
    // Whoever only watches has nothing to do but to say so.
    for (const effect of step.effects) if (effect.type === 'say') control?.send(effect.message);
  };
  newIdentityKeys()
    .then((keys) => {
      if (isClosed) return;
      control = new ControlClient(
        controlUrl(origin),
        keys,
        {
          onWelcome: () => happen({ type: 'server-welcomed' }),
          onMessage: (message) => happen({ type: 'message-heard', message }),
          onDown: (error, isFinal, away) => happen({ type: 'server-lost', error, isFinal, away }),
          vitals: () => ({ sessions: 0, tokens: 0 }),
        },
        { read: readWatched, open: (url) => host.openSocket(url) },
      );
    })
    .catch((cause) => happen({ type: 'run-failed', error: PoolError.from(cause) }));
  return {
    state,
    close() {
      isClosed = true;
      control?.close();
    },
  };
}
