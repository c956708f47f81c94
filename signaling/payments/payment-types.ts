// The words of paid sessions towards the rest of the server.
import type { Logger } from 'pino';
import type { Address, Hex } from 'viem';
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { Database } from '../db/open-database.ts';
import type { PaidSession } from './paid-session.ts';

/** A market pool's terms on this chain. */
export interface MarketTerms {
  contract: Address;
  /** Pico-dollars per token. */
  price: Price;
  /** The treasury's part of 10,000. */
  treasuryUnits: number;
}

export interface PaymentsOptions {
  db: Database;
  chain: OpenChain;
  logger: Logger;
  /** This database has known nothing of the chain before. */
  isNew?: boolean;
  /** What another database of this key has under way is ended: that one was lost. */
  takesOver?: boolean;
  /** Market pools whose seats this key moves. */
  markets: readonly Address[];
  /** Called at the end. */
  onClosed?(): void;
  /** Undefined: no market pool of this chain. */
  marketOf(pool: PoolId): MarketTerms | undefined;
  payoutOf(peer: PeerId): Address | undefined;
  /** Contracts of the market, which are nobody's to be paid at. */
  reserved?: ReadonlySet<Address>;
  /** Tokens a second that the pool is expected to give one answer. */
  paceOf(pool: PoolId): Promise<number>;
  /** What a job that runs is worth so far, in pico-dollars. */
  runningPico(job: JobId): number;
  stopJob(job: JobId): void;
}

export interface Paid {
  session: PaidSession;
  /** That moved the money. */
  transaction: Hex;
  /** The session key, for whoever paid. */
  key: string;
}
