// Whether somebody else sends transactions with our key: another server that was started with it by mistake, or whoever has stolen it.
// Moves nothing.
import { and, eq, min } from 'drizzle-orm';
import type { Logger } from 'pino';
import { type Hex, isAddressEqual } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { OpenChain } from './open-chain.ts';
import { chainTransactions } from './tables.ts';

export interface OwnKeyOptions {
  chain: OpenChain;
  db: Database;
  logger: Pick<Logger, 'error'>;
  /** Called once. */
  onShared(): void;
}

const SHARED = 'Another server uses this server’s key on the chain.';

export class OwnKey {
  readonly #options: OwnKeyOptions;
  /** Sent with our key, and not by us. */
  #stranger: Hex | undefined;
  /** What it has sent before this database knew the chain is of whoever deployed, or of a server that is gone. */
  #firstNonce: Promise<number> | undefined;

  constructor(options: OwnKeyOptions) {
    this.#options = options;
  }

  /** These were sent to contracts that only our key moves. Rejects where the node does not say by whom. */
  async look(transactions: readonly Hex[]): Promise<void> {
    // Also where nothing is to be looked at: what comes after it and is not ours is a stranger's.
    await this.#first();
    for (const hash of new Set(transactions)) {
      if (this.#stranger) return;
      if (await this.#isOurs(hash)) continue;
      this.#stranger = hash;
      this.#options.logger.error({ transaction: hash }, `${SHARED} End that one, then start this one again.`);
      this.#options.onShared();
    }
  }

  /** Throws `key-shared` where the key is not ours alone. */
  demand(): void {
    if (this.#stranger) throw new PoolError('key-shared', SHARED, { data: { transaction: this.#stranger } });
  }

  /** Also what another account has sent. */
  async #isOurs(hash: Hex): Promise<boolean> {
    const { chain, db } = this.#options;
    const { from, nonce } = await chain.reader.getTransaction({ hash });
    if (!isAddressEqual(from, chain.account.address) || nonce < (await this.#first())) return true;
    const rows = await db
      .select()
      .from(chainTransactions)
      .where(and(this.#isSent(), eq(chainTransactions.nonce, nonce)));
    return rows.some((row) => row.hash === hash || row.earlier.some((one) => one.hash === hash));
  }

  #first(): Promise<number> {
    this.#firstNonce ??= this.#readFirst().catch((thrown) => {
      this.#firstNonce = undefined;
      throw thrown;
    });
    return this.#firstNonce;
  }

  async #readFirst(): Promise<number> {
    const { chain, db } = this.#options;
    const [row] = await db
      .select({ nonce: min(chainTransactions.nonce) })
      .from(chainTransactions)
      .where(this.#isSent());
    return row?.nonce ?? chain.reader.getTransactionCount({ address: chain.account.address });
  }

  #isSent() {
    const { chain, account } = this.#options.chain;
    return and(eq(chainTransactions.chainId, chain.id), eq(chainTransactions.sender, account.address));
  }
}
