// Payments whose request ended before anybody knew whether the money moved: what came goes back, what did not is forgotten once it
// cannot come any more.
import type { Logger } from 'pino';
import { chainFault } from '../chain/chain-error.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { PaidSession } from './paid-session.ts';
import type { SessionStore } from './session-store.ts';

export interface PaymentWatchOptions {
  store: SessionStore;
  sender: Pick<ChainSender, 'isUnknown'>;
  /** USDC, 6 digits, at its vault. */
  balanceOf(session: PaidSession): Promise<bigint>;
  /** A request of this moment sees it through. */
  isTaken(session: PaidSession): boolean;
  /** What lies at its vault goes back. */
  giveBack(session: PaidSession): Promise<void>;
  /** Longer than an authorization holds. */
  waitSeconds: number;
  logger: Pick<Logger, 'warn'>;
}

export async function watchPayments(options: PaymentWatchOptions, now: number): Promise<void> {
  const { store, sender, balanceOf, isTaken, giveBack, waitSeconds, logger } = options;
  for (const session of store.live()) {
    if (session.state !== 'paying' || isTaken(session)) continue;
    try {
      const there = await balanceOf(session);
      // Somebody has its key meanwhile, or goes on with it.
      if (session.state !== 'paying' || isTaken(session)) continue;
      if (there >= session.amount) {
        session.outcome = 'Its payment came when nobody waited for it any more.';
        await giveBack(session);
      } else if (now > session.createdAt + waitSeconds && !(await sender.isUnknown(session.key))) {
        await store.drop(session);
      }
    } catch (thrown) {
      logger.warn({ session: session.key, why: chainFault(thrown).name }, 'a payment is not known yet');
    }
  }
}
