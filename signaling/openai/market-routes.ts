// /v1/computepool/markets: contracts of market pools for everybody, what waits for an account's addresses, and, for whoever runs this
// server, whether the hot key has gas money left and how its paid sessions stand.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type Address, formatEther, getAddress } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate } from '../http/api-types.ts';
import { json, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { formatDollars } from '../payments/amounts.ts';
import type { Payments } from '../payments/payments.ts';
import { describeSession } from './describe-session.ts';

export interface MarketRouteOptions {
  payments: Payments;
  /** Those of this server's chain. */
  marketPools(): readonly PoolId[];
  authenticate: Authenticate;
  peersOf(account: string): Promise<readonly PeerId[]>;
  payoutOf(peer: PeerId): string | undefined;
  /** Whether it comes from whoever runs this server: as for `/metrics`. */
  isOperator(c: Context): boolean;
}

const marketSchema = z
  .looseObject({
    ...{ pool: z.string(), chain_id: z.int(), contract: z.string(), gda_pool: z.string(), treasury: z.string() },
    ...{ escrow: z.string(), usdc: z.string(), usdcx: z.string(), treasury_units: z.int() },
  })
  .openapi('Market');

const listOf = <T extends z.ZodType>(schema: T) => z.object({ object: z.literal('list'), data: z.array(schema) });

const earningsSchema = listOf(
  z.looseObject({
    ...{ pool: z.string(), address: z.string() },
    claimable_usdc: z.string().openapi({ description: 'Waits at the pool until it is claimed.' }),
    wrapped_usdc: z.string().openapi({ description: 'USDCx at the address: unwrapped, it is as much USDC.' }),
  }),
).openapi('MarketEarnings');

const operatorSchema = z
  .looseObject({
    hot_key: z.object({
      ...{ address: z.string(), balance: z.string(), symbol: z.string() },
      sessions_left: z
        .int()
        .openapi({ description: 'So many more streams its gas money pays for, at the present price.' }),
      waiting: z.int().openapi({ description: 'Transactions of which nobody knows yet.' }),
    }),
    sessions: z.array(z.looseObject({ id: z.string(), state: z.string() })),
  })
  .openapi('MarketOperator');

/** Addresses of one account that are looked up at once. */
const MOST_ADDRESSES = 20;
const MOST_LEFT = 1_000_000;
const NO_STORE = { 'Cache-Control': 'no-store' };
const base = { method: 'get' as const, tags: ['sessions'] };

const marketsRoute = createRoute({
  ...{ ...base, path: '/computepool/markets', summary: 'Market pools and their contracts' },
  responses: { 200: json(listOf(marketSchema), 'Those of this server’s chain.'), ...OPEN_AI_FAILURE },
});
const earningsRoute = createRoute({
  ...{
    ...base,
    path: '/computepool/markets/earnings',
    summary: 'What waits for your payout addresses',
    security: SECURITY,
  },
  responses: { 200: json(earningsSchema, 'As the chain has it now.'), ...OPEN_AI_FAILURE },
});
const operatorRoute = createRoute({
  ...{
    ...base,
    path: '/computepool/markets/operator',
    summary: 'Hot key and paid sessions, for whoever runs the server',
  },
  responses: { 200: json(operatorSchema, 'As it is now.'), ...OPEN_AI_FAILURE },
});

/** A group of `/v1`, where a chain is configured. */
export function createMarketRoutes(options: MarketRouteOptions): OpenAPIHono {
  const { payments, marketPools, authenticate, peersOf, payoutOf, isOperator } = options;
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  const termsOf = (pool: PoolId) => ({ pool, terms: payments.termsOf(pool)! });

  app.openapi(marketsRoute, async (c) => {
    const { usdc, usdcx, escrow } = payments.markets.tokens;
    const data = await Promise.all(
      marketPools()
        .map(termsOf)
        .map(async ({ pool, terms }) => {
          const { contract, gdaPool, treasury } = await payments.markets.contractsOf(terms.contract);
          return {
            ...{ pool, chain_id: payments.chain.id, contract, gda_pool: gdaPool, treasury, escrow, usdc, usdcx },
            treasury_units: terms.treasuryUnits,
          };
        }),
    );
    return c.json({ object: 'list' as const, data }, 200, NO_STORE);
  });
  app.openapi(earningsRoute, async (c) => {
    const { account } = await authenticate(c);
    const peers = account ? await peersOf(account.id) : [];
    const own = new Set<Address>();
    for (const peer of peers) {
      const address = payoutOf(peer);
      if (address && own.size < MOST_ADDRESSES) own.add(getAddress(address));
    }
    const pairs = marketPools()
      .map(termsOf)
      .flatMap(({ pool, terms }) => [...own].map((address) => ({ pool, address, contract: terms.contract })));
    const data = await Promise.all(
      pairs.map(async ({ pool, address, contract }) => {
        const { claimableWei, wrappedWei } = await payments.markets.earnedAt(contract, address);
        return {
          ...{
            pool,
            address,
            claimable_usdc: formatDollars(claimableWei, 18),
            wrapped_usdc: formatDollars(wrappedWei, 18),
          },
        };
      }),
    );
    return c.json({ object: 'list' as const, data }, 200, NO_STORE);
  });
  app.openapi(operatorRoute, async (c) => {
    if (!isOperator(c)) throw new PoolError('not-found', 'There is nothing here.');
    const { address, balanceWei, sessionWei, waiting } = await payments.markets.hotKey();
    const left = sessionWei > 0n ? Number(balanceWei / sessionWei) : MOST_LEFT;
    const sessions = await payments.reports.listOf({ peers: [], pools: marketPools() });
    const hotKey = {
      ...{ address, balance: formatEther(balanceWei), symbol: payments.chain.nativeSymbol, waiting },
      sessions_left: Math.min(MOST_LEFT, left),
    };
    const described = await Promise.all(sessions.map((session) => describeSession(session, payments)));
    return c.json({ hot_key: hotKey, sessions: described }, 200, NO_STORE);
  });
  return app;
}
