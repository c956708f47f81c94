// A paid session as its payer and its operators read it.
import { z } from '@hono/zod-openapi';
import { formatDollars, weiOfUsdc } from '../payments/amounts.ts';
import { leftOf, type PaidSession } from '../payments/paid-session.ts';
import type { Payments } from '../payments/payments.ts';

export const sessionSchema = z
  .looseObject({
    object: z.literal('computepool.session'),
    id: z.string(),
    pool: z.string(),
    state: z.enum(['paying', 'waiting', 'streaming', 'resting', 'ending', 'over']),
    mode: z.enum(['stream', 'ticks']),
    payer: z.string(),
    left_usdc: z.string().openapi({ description: 'What further answers may cost together.' }),
    streamed: z.object({ usdc: z.string(), at: z.int(), usdc_per_second: z.string() }).nullable().openapi({
      description: 'As the chain has it: so much by then, and at this pace since. Null where nothing was opened.',
    }),
    refunded_usdc: z
      .string()
      .nullable()
      .openapi({ description: 'Once it is over: what the chain says has gone back.' }),
  })
  .openapi('Session');

export async function describeSession(session: PaidSession, { reports }: Pick<Payments, 'reports'>) {
  const { chain, quote } = session;
  const { chainId, escrow, vault } = reports.placeOf(session);
  const end = await reports.endOf(session);
  return {
    object: 'computepool.session' as const,
    ...{ id: session.key, pool: session.pool, kind: session.kind, state: stateOf(session) },
    ...{ mode: session.mode, reason: session.reason, payer: session.payer, chain_id: chainId, escrow, vault },
    deposit_usdc: formatDollars(weiOfUsdc(session.amount)),
    fee_usdc: formatDollars(weiOfUsdc(quote.fee)),
    spend_usdc: formatDollars(session.spendWei),
    earned_usdc: formatDollars(session.worthWei),
    left_usdc: formatDollars(leftOf(session)),
    streamed:
      chain.openedAt === 0
        ? null
        : { usdc: formatDollars(chain.paidWei), at: chain.since, usdc_per_second: formatDollars(chain.rateWei, 18) },
    refunded_usdc: end ? formatDollars(end.refundedWei) : null,
    refund_transaction: end?.transaction ?? null,
    outcome: session.outcome ?? null,
    created_at: session.createdAt,
    /** The stream is covered until then; null where nothing is open. */
    paid_until: chain.state === 'open' ? chain.paidUntil : null,
    /** After that nothing of it is answered, open or not. */
    use_before: chain.state === 'open' ? chain.openedAt + quote.maxSeconds : quote.openBefore,
    ended_at: session.endedAt ?? null,
    /** By this server's clock, as all times here. */
    now: Math.floor(Date.now() / 1000),
  };
}

function stateOf({ state, chain, endAskedAt }: PaidSession): z.infer<typeof sessionSchema>['state'] {
  if (state !== 'live') return state;
  if (endAskedAt !== undefined || chain.state === 'stopped' || chain.state === 'closed') return 'ending';
  if (chain.state === 'none') return 'waiting';
  return chain.rateWei > 0n ? 'streaming' : 'resting';
}
