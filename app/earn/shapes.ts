// What the server says of markets to whoever earns with them or runs it.
import * as z from 'zod/mini';
import { paidSessionSchema } from '../pay/shapes.ts';

const address = z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/));
const dollars = z.string().check(z.regex(/^\d{1,20}(\.\d{1,18})?$/));
const short = z.string().check(z.maxLength(500));
const count = z.number().check(z.int(), z.gte(0));

const listOf = <T extends z.ZodMiniType>(schema: T) => z.object({ data: z.array(schema).check(z.maxLength(1000)) });

export const marketsSchema = listOf(
  z.looseObject({
    ...{ pool: short, chain_id: count, contract: address, gda_pool: address, treasury: address },
    ...{ escrow: address, usdc: address, usdcx: address, treasury_units: count },
  }),
);
export type Market = z.infer<typeof marketsSchema>['data'][number];

export const servedSchema = listOf(z.extend(paidSessionSchema, { your_usdc: dollars, your_paid_usdc: dollars }));
export type ServedSession = z.infer<typeof servedSchema>['data'][number];

export const earningsSchema = listOf(
  z.looseObject({ pool: short, address, claimable_usdc: dollars, wrapped_usdc: dollars }),
);
export type Earning = z.infer<typeof earningsSchema>['data'][number];

export const receiptsSchema = listOf(z.looseObject({ signature: short }));

export const operatorSchema = z.looseObject({
  hot_key: z.object({ address, balance: short, symbol: short, sessions_left: count, waiting: count }),
  sessions: z.array(paidSessionSchema).check(z.maxLength(1000)),
});
