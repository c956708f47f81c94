// Looks at a pool and takes no part: one control socket, no worker and no links. For pages that only draw it.
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { newIdentityKeys } from '../../protocol/identity.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ChatState } from '../words/peer-state.ts';
import { ControlClient } from './control-client.ts';
import { controlUrl, shownError } from './site.ts';
import { type Store, ValueStore } from './store.ts';

export interface PoolWatch {
  readonly state: Store<ChatState>;
  close(): void;
}

/**
 * Watches the pool of a model.
 *
 * @example
 * const watch = watchPool({ pool: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } });
 * watch.state.subscribe(() => console.log(watch.state.get().coalition?.seats.length));
 */
export function watchPool(options: { pool: PoolRef; origin?: string }): PoolWatch {
  const { origin = location.origin } = options;
  const pool = poolIdOf(options.pool);
  const state = new ValueStore<ChatState>({ phase: 'connecting', pool, pools: [] });
  let control: ControlClient | undefined;
  let closed = false;
  newIdentityKeys()
    .then((keys) => {
      if (closed) return;
      control = new ControlClient(controlUrl(origin), keys, {
        onWelcome: () => control?.send({ type: 'watch', pool }),
        onMessage: (message) => state.set(applyMessage(state.get(), message)),
        onDown: (error, isFinal) =>
          state.patch(isFinal ? { phase: 'failed', error: shownError(error) } : { phase: 'connecting' }),
        vitals: () => ({ sessions: 0, tokens: 0 }),
      });
    })
    .catch((error) => state.patch({ phase: 'failed', error: shownError(error) }));
  return {
    state,
    close() {
      closed = true;
      control?.close();
    },
  };
}

/** The pool as it is after a message of the server. Pure. */
export function applyMessage(state: ChatState, message: ServerMessage): ChatState {
  const { coalition: shown, ...rest } = state;
  const { pool } = state;
  if (message.type === 'pools') {
    const own = message.pools.find((summary) => summary.pool === pool);
    const next = { ...rest, pools: message.pools };
    if (!own || own.state === 'empty') return { ...next, phase: 'no-stages' };
    // A pool that waits has no coalition; the last one's seats would say otherwise.
    if (own.state === 'waiting') return { ...next, phase: 'forming' };
    return { ...next, phase: own.state, ...(shown ? { coalition: shown } : {}) };
  }
  if (message.type === 'coalition' && message.coalition.pool === pool) return applyCoalition(state, message.coalition);
  return state;
}

function applyCoalition(state: ChatState, coalition: Coalition): ChatState {
  const { coalition: shown, ...rest } = state;
  if (coalition.state === 'ready') return { ...rest, phase: 'ready', coalition };
  if (coalition.state === 'broken') return shown?.epoch === coalition.epoch ? { ...rest, phase: 'forming' } : state;
  // While an older epoch serves, that one is what would answer.
  return shown?.state === 'ready' ? state : { ...rest, phase: 'forming', coalition };
}
