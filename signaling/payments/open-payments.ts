// Connects paid sessions with the rest of the server: which pools are markets, where peers are paid, and what running jobs are worth.
// Loaded only where a chain is configured.
import type { Logger } from 'pino';
import { getAddress } from 'viem';
import { type ModelRef, poolIdOf, slugSchema } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { lockKey } from '../chain/lock-key.ts';
import { type ChainSetup, readChain } from '../chain/read-chain.ts';
import type { ServerConfig } from '../config/config-types.ts';
import type { Database } from '../db/open-database.ts';
import type { JobDispatcher } from '../jobs/job-dispatcher.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { PayoutStore } from '../payouts/payout-store.ts';
import type { PoolStore } from '../pools/pool-types.ts';
import { forgetOtherChain } from './forget-other-chain.ts';
import { Payments } from './payments.ts';
import { reservedAddresses } from './read-escrow.ts';

export interface OpenPaymentsOptions {
  config: Pick<ServerConfig, 'model' | 'marketPricePico' | 'embedOrigins'> & {
    chain: NonNullable<ServerConfig['chain']>;
  };
  db: Database;
  logger: Logger;
  pools: PoolStore;
  payouts: PayoutStore;
  jobStore: Pick<JobStore, 'recentOf'>;
  /** Comes to be after the payments. */
  jobs(): Pick<JobDispatcher, 'worthSoFar' | 'stop'>;
  manifest: ModelManifest | undefined;
}

/** A prompt's token costs a part of an answer's. */
const PROMPT_SHARE = 0.25;
/** Where nothing has been measured yet. */
const FIRST_PACE = 10;
const MOST_PACE = 200;

/** Makes the deployment's market pools of the configured model, and reads what is on the chain. Throws `UsageError` where it differs. */
export async function openPayments(options: OpenPaymentsOptions): Promise<Payments> {
  const setup = readChain(options.config.chain);
  const lock = lockKey(options.config.chain.keyFile);
  return openWith(options, setup, () => lock?.release()).catch((thrown) => {
    lock?.release();
    throw thrown;
  });
}

async function openWith(options: OpenPaymentsOptions, setup: ChainSetup, onClosed: () => void): Promise<Payments> {
  const { config, db, logger, pools, payouts, jobStore, jobs } = options;
  const { chain, markets, treasuryUnits } = setup;
  const remember = await forgetOtherChain(db, chain, logger);
  const price = {
    promptMicros: Math.max(1, Math.ceil(config.marketPricePico * PROMPT_SHARE)),
    completionMicros: config.marketPricePico,
  };
  for (const [slug, contract] of Object.entries(markets)) {
    if (!slugSchema.safeParse(slug).success) continue;
    const market = { chainId: chain.chain.id, contract, treasuryUnits };
    const manifest = options.manifest ? { manifest: options.manifest } : {};
    // They belong to the server, as the one that it shows first: whoever runs it lists the pages that may show them.
    const embedOrigins = config.embedOrigins.length > 0 ? config.embedOrigins : undefined;
    await pools.ensure({ ...config.model, slug }, { market, price, embedOrigins, ...manifest });
    logger.info({ pool: poolIdOf({ ...(config.model satisfies ModelRef), slug }), contract }, 'a market pool');
  }
  // Contracts of the market have parts of their own: a seat that names one earns nothing.
  const reserved = await reservedAddresses(chain, Object.values(markets));
  const payments: Payments = await Payments.open({
    ...{ db, chain, logger, isNew: remember !== undefined, takesOver: config.chain.takesOver ?? false, reserved },
    ...{ markets: Object.values(markets), onClosed },
    marketOf(pool) {
      const policy = pools.find(pool);
      if (policy?.market?.chainId !== chain.chain.id || !policy.price) return undefined;
      const { contract, treasuryUnits } = policy.market;
      return { contract: getAddress(contract), price: policy.price, treasuryUnits };
    },
    payoutOf(peer) {
      const address = payouts.known(peer);
      return address && !reserved.has(getAddress(address)) ? getAddress(address) : undefined;
    },
    async paceOf(pool) {
      const paces = (await jobStore.recentOf(pool)).map(({ outcome }) => outcome.tokensPerSecond).sort((a, b) => a - b);
      // A driver's own word: believed within what a pool may give.
      return Math.min(MOST_PACE, Math.max(1, paces[Math.floor(paces.length / 2)] ?? FIRST_PACE));
    },
    runningPico: (job) => jobs().worthSoFar(job),
    stopJob(job) {
      // One that nobody knows was of a server before this one, or could not be settled.
      if (!jobs().stop(job)) void payments.funding.release(job);
    },
  });
  await remember?.();
  return payments;
}
