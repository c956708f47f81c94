// Paid sessions with work in them, for tests on a real chain: jobs that begin and are settled, and what the chain has of it.
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { paidOwner } from '../ledger/owner.ts';
import type { PaidSession } from './paid-session.ts';
import { MARKET_POOL, type TestMarket } from './test-market.ts';

export const FUNDS = 2_000_000n;
export const PEER = '1'.repeat(32) as PeerId;

export class TestWork {
  readonly #market: TestMarket;
  #jobs = 0;

  constructor(market: TestMarket) {
    this.#market = market;
  }

  /** A job of these peers, who share its layers, that has begun. */
  async begin(session: PaidSession, peers: readonly PeerId[] = [PEER]): Promise<JobId> {
    const job = (++this.#jobs).toString(16).padStart(32, 'f') as JobId;
    const { funding } = this.#market.payments;
    await funding.reserve({
      ...{ job, pool: MARKET_POOL, payer: paidOwner(session.key), amountMicros: 350_000_000 },
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    await funding.began(job, { epoch: 1, seats: seatsOf(peers) });
    return job;
  }

  async move(job: JobId, peers: readonly PeerId[]): Promise<void> {
    await this.#market.payments.funding.moved(job, { epoch: 2, seats: seatsOf(peers) });
  }

  /** In pico-dollars, of each peer. */
  async settle(job: JobId, earned: Readonly<Record<PeerId, number>>): Promise<void> {
    const payments = Object.entries(earned).map(([peer, amountMicros]) => ({ peer: peer as PeerId, amountMicros }));
    await this.#market.payments.funding.settle({ job, payments });
  }

  /** A new wallet's session, not opened yet. */
  async pay(): Promise<{ wallet: PrivateKeyAccount; session: PaidSession }> {
    const wallet = await this.#market.newWallet(FUNDS);
    const { session } = await this.#market.pay(wallet, { seconds: 200 }, 'stream');
    return { wallet, session };
  }

  /** What the escrow has said of it, in order. */
  async eventsOf(key: Hex): Promise<string[]> {
    const { reader, contracts } = this.#market.chain;
    const logs = await reader.getContractEvents({
      ...{ address: contracts.escrow, abi: ESCROW_ABI, fromBlock: 0n, strict: true },
    });
    return logs.filter(({ args }) => 'key' in args && args.key === key).map(({ eventName }) => eventName);
  }

  /** The hash of this step’s last transaction. */
  async hashOf(session: PaidSession, step: string): Promise<string | undefined> {
    return (await this.#market.payments.logOf(session)).findLast((row) => row.step === step)?.hash;
  }
}

/** What a session that streams costs at most that earned nothing beyond its stream: seconds of its rate, and the fee. */
export const mostOf = ({ quote }: PaidSession, seconds: bigint): bigint =>
  (quote.rate * seconds) / 10n ** 12n + 2n + quote.fee;

const seatsOf = (peers: readonly PeerId[]) => peers.map((peer, at) => ({ peer, start: 2 * at, end: 2 * at + 2 }));
