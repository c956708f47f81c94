// A payment from its signature to its session: written down, sent, and sent again after a page that was closed or a server that was away.
// The same payment is the same session, for whoever sends the same `Idempotency-Key`.
import { PoolError } from '../../protocol/errors.ts';
import { sendPayment } from './call-paid.ts';
import type { KeptPayments } from './kept-payments.ts';
import { PayFault } from './pay-fault.ts';
import type { PaidSession, Pending } from './shapes.ts';

export interface SettleTools {
  kept: KeptPayments;
  waitMs?: number;
}

/** An earlier request of the same payment may be on its way still. */
const CONFLICT_TRIES = 8;
const CONFLICT_WAIT_MS = 3_000;

/** Throws `PayFault`: with `server-away` and `chain-away` it stays written down, and the same goes on later. */
export async function settlePending(pending: Pending, tools: SettleTools): Promise<PaidSession> {
  const { kept, waitMs = CONFLICT_WAIT_MS } = tools;
  // More money for a session is sent with its key.
  const own = kept.state.get().sessions.find(({ id }) => pending.path.includes(id));
  for (let tries = 1; ; tries++) {
    try {
      const { session, key } = await sendPayment(pending, own?.key);
      if (key) kept.keep({ id: session.id, key, pool: pending.pool, openedAt: Date.now() });
      else kept.setPending(undefined);
      return session;
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (error.code === 'conflict' && tries < CONFLICT_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        continue;
      }
      const fault = faultOf(error);
      if (fault.kind !== 'server-away' && fault.kind !== 'chain-away') kept.setPending(undefined);
      throw fault;
    }
  }
}

/** What the server said no with, as a person meets it. */
export function faultOf(thrown: unknown): PayFault {
  if (thrown instanceof PayFault) return thrown;
  const error = PoolError.from(thrown);
  switch (error.code) {
    case 'link-failed':
    case 'shutting-down':
    case 'unavailable':
      return new PayFault('server-away', {}, error);
    case 'chain-unreachable':
      return new PayFault('chain-away', {}, error);
    case 'quote-expired':
      return new PayFault('expired', {}, error);
    case 'conflict':
      return new PayFault('came-to-nothing', {}, error);
    default:
      return new PayFault('refused', { said: error.message }, error);
  }
}

/**
 * One tab pays at a time: two would ask the wallet for two payments. `act` is not called where another tab is at it. A frame that may
 * keep nothing has no locks either, and shares no wallet's question with other tabs.
 */
export async function aloneAmongTabs<T>(act: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return act();
  let isAsked = false;
  const asked = locks.request('computepool.pay', { ifAvailable: true }, async (lock) => {
    isAsked = true;
    if (!lock) throw new PayFault('two-tabs');
    return act();
  });
  return asked.catch((thrown) => {
    if (isAsked) throw thrown;
    return act();
  });
}
