// Who may serve in a market pool: a peer that says, signed for this server, where USDC is to be paid to. Whoever serves without
// would work for nothing, since nobody could be paid in its place.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import { CLOCK_SKEW_SECONDS } from '../../protocol/limits.ts';
import { checkPayout, type SignedPayout } from '../../protocol/payout.ts';
import type { PayoutStore } from './payout-store.ts';

export interface RequirePayoutOptions {
  isMarket(pool: PoolId): boolean;
  /** `serverIdOf` this server's key. */
  serverId: PeerId;
  store: Pick<PayoutStore, 'keep'>;
  /** The market's own contracts: a seat that names one earns nothing. */
  isReserved?(address: string): boolean;
  /** Milliseconds since 1970, for tests. */
  nowMs?(): number;
}

/** Undefined where an offer says nothing that matters here; rejects with `payout-required`, and keeps what it says else. */
export type RequirePayout = (
  peer: PeerId,
  offer: { pool: PoolId; payout?: SignedPayout | undefined },
) => Promise<void> | undefined;

/** Keeps nothing of a statement that is another peer’s, for another server, or of a time to come. */
export function requirePayout({
  isMarket,
  serverId,
  store,
  isReserved,
  nowMs = Date.now,
}: RequirePayoutOptions): RequirePayout {
  const check = async (peer: PeerId, payout: SignedPayout | undefined): Promise<void> => {
    if (!payout) throw refusal('This pool pays in USDC, and the tab names no address.');
    if (payout.peer !== peer) throw refusal('The payout address is another tab’s.');
    if (payout.server !== serverId) throw refusal('The payout address was named for another server.');
    if (isReserved?.(payout.address))
      throw refusal('The payout address is a contract of this market, which nobody owns.');
    // One that is dated ahead would keep out all that come after it.
    if (payout.at > nowMs() + CLOCK_SKEW_SECONDS * 1000) throw refusal('The payout address is of a time to come.');
    await checkPayout(payout).catch((cause) => {
      throw refusal('The payout address is not one that this tab signed.', cause);
    });
    await store.keep(payout).catch((cause) => {
      throw new PoolError('unavailable', 'The payout address could not be kept.', { cause });
    });
  };
  return (peer, { pool, payout }) => (isMarket(pool) ? check(peer, payout) : undefined);
}

const refusal = (message: string, cause?: unknown): PoolError => new PoolError('payout-required', message, { cause });
