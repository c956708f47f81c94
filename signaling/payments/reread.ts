// After a chain has gone another way: what it said of seats and sessions is read anew, and a session whose end it has taken back is
// ended again. Sends nothing itself.
import type { Address, Hex } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import { chainFault } from '../chain/chain-error.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { MarketSeats } from './market-seats.ts';
import { STATES } from './paid-session.ts';
import type { SessionStore } from './session-store.ts';

export interface RereadOptions {
  chain: OpenChain;
  store: SessionStore;
  seats: ReadonlyMap<Address, Pick<MarketSeats, 'forget'>>;
  /** What was read of ends is read anew as well. */
  forgetEnds(): void;
  /** The chain may say something new of these. */
  onChanged(keys: readonly Hex[]): void;
}

/** Longer than a chain takes blocks back that were confirmed: 128 of them, at two seconds each, and as much again. */
const BACK_MS = 10 * 60_000;
/** Questions to the node side by side. */
const MOST_AT_ONCE = 32;

export class Reread {
  readonly #options: RereadOptions;
  #isDue = false;

  constructor(options: RereadOptions) {
    this.#options = options;
  }

  /** The chain has taken something back. */
  due(): void {
    this.#isDue = true;
  }

  /** Does it where it is due; where the chain is away it stays so. Throws `chain-unreachable`. */
  async look(): Promise<void> {
    if (!this.#isDue) return;
    const { store, seats, forgetEnds, onChanged } = this.#options;
    for (const each of seats.values()) each.forget();
    forgetEnds();
    await this.#revive();
    this.#isDue = false;
    onChanged(store.live().map(({ key }) => key));
  }

  async #revive(): Promise<void> {
    const { chain, store } = this.#options;
    const escrow = { address: chain.contracts.escrow, abi: ESCROW_ABI } as const;
    const recent = await store.overSince(new Date(Date.now() - BACK_MS));
    for (let from = 0; from < recent.length; from += MOST_AT_ONCE) {
      const some = recent.slice(from, from + MOST_AT_ONCE);
      const read = some.map(({ key }) =>
        chain.reader.readContract({ ...escrow, functionName: 'sessionOf', args: [key] }),
      );
      const found = await Promise.all(read).catch((thrown) => {
        throw chainFault(thrown);
      });
      for (const [at, session] of some.entries()) {
        if (STATES[found[at]!.state] === 'closed') continue;
        session.state = 'live';
        session.endAskedAt ??= session.endedAt;
        session.endedAt = undefined;
        await store.revive(session);
      }
    }
  }
}
