// What a page reads of x402's offers and of the server's paid sessions, and what it keeps of them in this browser.
import * as z from 'zod/mini';

const short = z.string().check(z.maxLength(500));
const hex = z.string().check(z.regex(/^0x[0-9a-fA-F]*$/), z.maxLength(200));
const address = z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/));
/** Whole numbers that are too big for JSON's. */
const whole = z.string().check(z.regex(/^\d{1,40}$/));
const seconds = z.number().check(z.int(), z.gte(0));
/** Dollars as the server writes them: `0.000184`. */
const dollars = z.string().check(z.regex(/^\d{1,20}(\.\d{1,18})?$/));

/** As `Quote`, in JSON. */
const quoteSchema = z.object({
  ...{ id: hex, payer: address, pool: address, rate: whole, maxRate: whole, fee: whole },
  ...{ maxSeconds: seconds, openBefore: seconds },
});

export const requirementsSchema = z.looseObject({
  ...{ scheme: z.literal('exact'), network: z.string().check(z.regex(/^eip155:\d{1,15}$/)) },
  ...{ asset: address, amount: whole, payTo: address, maxTimeoutSeconds: seconds },
  extra: z.looseObject({
    ...{ name: short, version: short },
    terms: z.looseObject({
      ...{ pool: short, mode: z.enum(['stream', 'ticks']), why: short, escrow: address, quote: quoteSchema },
      /** Wei of 18 digits: what answers may cost together. */
      spend: whole,
      /** For how long they are expected to run. */
      seconds: z.number().check(z.gte(0)),
      rpcUrl: z.optional(short),
    }),
  }),
});
export type Requirements = z.infer<typeof requirementsSchema>;

/** x402's header `PAYMENT-REQUIRED`. */
export const requiredSchema = z.looseObject({
  x402Version: z.literal(2),
  error: z.optional(short),
  resource: z.optional(z.looseObject({ url: z.string() })),
  accepts: z.array(requirementsSchema).check(z.minLength(1), z.maxLength(10)),
});
export type Required = z.infer<typeof requiredSchema>;

export const paidSessionSchema = z.looseObject({
  ...{ id: hex, pool: short, mode: z.enum(['stream', 'ticks']), payer: address, reason: short },
  state: z.enum(['paying', 'waiting', 'streaming', 'resting', 'ending', 'over']),
  ...{ chain_id: seconds, escrow: address, vault: address },
  ...{ deposit_usdc: dollars, fee_usdc: dollars, spend_usdc: dollars, earned_usdc: dollars, left_usdc: dollars },
  streamed: z.nullable(z.object({ usdc: dollars, at: seconds, usdc_per_second: dollars })),
  refunded_usdc: z.nullable(dollars),
  refund_transaction: z.nullable(hex),
  outcome: z.nullable(short),
  use_before: seconds,
  now: seconds,
});
export type PaidSession = z.infer<typeof paidSessionSchema>;

/** The answer that opened it. */
export const openedSchema = z.extend(paidSessionSchema, { key: short });

export const logSchema = z.object({
  data: z
    .array(
      z.looseObject({
        ...{ step: short, transaction: hex, state: z.enum(['signed', 'mined', 'reverted', 'replaced']) },
        at: z.nullable(seconds),
      }),
    )
    .check(z.maxLength(1000)),
});
export type LogRow = z.infer<typeof logSchema>['data'][number];

export const workflowsSchema = z.object({ data: z.array(z.looseObject({ name: short })).check(z.maxLength(100)) });

/** What a file of workflows would do, as the server reads it. */
export const readWorkflowsSchema = z.object({
  data: z
    .array(
      z.looseObject({
        ...{ name: short, transition: short, inputs: z.array(short) },
        trigger: z.looseObject({ type: short, cron: z.optional(short) }),
      }),
    )
    .check(z.maxLength(100)),
});
export type ReadWorkflow = z.infer<typeof readWorkflowsSchema>['data'][number];

/** `/v1`, to what cannot be done. */
export const failureSchema = z.object({
  error: z.looseObject({ message: short, code: z.optional(z.nullable(short)) }),
});

/** A payment that was signed and of which nobody has heard yet what became of it. */
const pendingSchema = z.object({
  ...{ path: short, body: z.string().check(z.maxLength(2000)), header: z.string().check(z.maxLength(16_000)) },
  ...{ repeat: short, pool: short, signedAt: z.number() },
});
export type Pending = z.infer<typeof pendingSchema>;

/** The key of a session, which uses its deposit: in this browser alone. */
const keptSchema = z.object({ id: hex, key: short, pool: short, openedAt: z.number() });
export type KeptSession = z.infer<typeof keptSchema>;

export const keptPaymentsSchema = z.object({
  sessions: z.array(keptSchema).check(z.maxLength(100)),
  pending: z.optional(pendingSchema),
});
export type KeptPayments = z.infer<typeof keptPaymentsSchema>;

/** A chunk of a streamed answer, as far as the page reads it. */
export const chunkSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      delta: z.optional(z.looseObject({ content: z.optional(z.nullable(z.string())) })),
      finish_reason: z.optional(z.nullable(z.string())),
    }),
  ),
  usage: z.optional(z.nullable(z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }))),
  computepool: z.optional(z.looseObject({ job: z.string() })),
});
