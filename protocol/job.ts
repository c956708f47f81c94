// A request that came over HTTP, as the server hands it to the driver at the entry stage, and what comes back. The only
// words between tab and server that hold text of a conversation.
import * as z from 'zod/mini';
import { codecPolicySchema } from './codec.ts';
import { jobIdSchema } from './ids.ts';
import {
  MAX_CHOICES,
  MAX_PROMPT_BYTES,
  MAX_PROMPT_IDS,
  MAX_STOP_CHARS,
  MAX_STOPS,
  MAX_TEMPLATE_CHARS,
  MAX_TEMPLATE_NAMES,
  MAX_TOP_LOGPROBS,
} from './limits.ts';

const count = z.number().check(z.int(), z.gte(0));
const millis = z.number().check(z.gte(0));
const tokenId = z.number().check(z.int(), z.gte(0), z.lte(4_000_000));
/** Characters: UTF-8 needs at least one byte for each. The server counts bytes before it sends. */
const text = z.string().check(z.maxLength(MAX_PROMPT_BYTES));

export const chatMessageSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: text });
export type JobMessage = z.infer<typeof chatMessageSchema>;

/** Names that a chat template may read beside the messages; those that the platform itself gives to it win. JSON. */
export const templateNamesSchema = z.record(z.string().check(z.regex(/^[A-Za-z_]\w{0,63}$/)), z.json()).check(
  z.refine((names) => Object.keys(names).length <= MAX_TEMPLATE_NAMES, `may have at most ${MAX_TEMPLATE_NAMES} names`),
  z.refine(
    (names) => JSON.stringify(names).length <= MAX_TEMPLATE_CHARS,
    `may have at most ${MAX_TEMPLATE_CHARS} characters`,
  ),
);
export type TemplateNames = z.infer<typeof templateNamesSchema>;

export const jobRequestSchema = z.object({
  prompt: z.discriminatedUnion('kind', [
    /** The model's own chat template is applied by the driver. */
    z.object({
      kind: z.literal('chat'),
      messages: z.array(chatMessageSchema).check(z.minLength(1), z.maxLength(512)),
      template: z.optional(templateNamesSchema),
    }),
    z.object({ kind: z.literal('text'), text }),
    z.object({ kind: z.literal('ids'), ids: z.array(tokenId).check(z.minLength(1), z.maxLength(MAX_PROMPT_IDS)) }),
  ]),
  /** Undefined takes the model's generation_config.json. 0 is greedy. */
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  topP: z.optional(z.number().check(z.gt(0), z.lte(1))),
  topK: z.optional(count),
  /** Seed of the first choice; choice i uses seed + i. Set by the server when the caller sets none. */
  seed: z.number().check(z.int(), z.gte(0), z.lte(Number.MAX_SAFE_INTEGER - MAX_CHOICES)),
  maxTokens: z.number().check(z.int(), z.gte(1), z.lte(131_072)),
  stop: z.array(z.string().check(z.minLength(1), z.maxLength(MAX_STOP_CHARS))).check(z.maxLength(MAX_STOPS)),
  choices: z.number().check(z.int(), z.gte(1), z.lte(MAX_CHOICES)),
  /** Alternatives per token; undefined: no log-probabilities at all. 0: those of the tokens alone. */
  logprobs: z.optional(z.number().check(z.int(), z.gte(0), z.lte(MAX_TOP_LOGPROBS))),
  /** `none` turns drafting off. Drafting never changes an answer. */
  drafter: z.enum(['none', 'ngram', 'model']),
  /** Tells requests of one payer from those of others and not who it is: a turn goes on from caches of its own payer alone. */
  owner: z.optional(z.string().check(z.regex(/^[0-9a-f]{32}$/))),
  /** The server tries a coalition that answers nobody yet: nothing is kept of it, and it is one more than there may be. */
  trial: z.optional(z.literal(true)),
  /** How hidden states may travel between stages; absent: as the server says, which is `exact` by default. */
  codec: z.optional(codecPolicySchema),
  /** Ids per choice that an earlier driver gave before it vanished: the answer goes on after them, and they are not told again. */
  resume: z.optional(z.array(z.array(tokenId).check(z.maxLength(131_072))).check(z.maxLength(MAX_CHOICES))),
});
export type JobRequest = z.infer<typeof jobRequestSchema>;

export const tokenLogprobSchema = z.object({
  id: tokenId,
  /** What this token alone decodes to; may hold U+FFFD where a character is spread over tokens. */
  token: z.string().check(z.maxLength(400)),
  /** The exact bytes, where the tokenizer knows them. */
  bytes: z.optional(z.array(z.number().check(z.int(), z.gte(0), z.lte(255))).check(z.maxLength(400))),
  /** Natural logarithm of the model's probability, temperature 1, over the whole vocabulary. */
  logprob: z.number(),
});
export type TokenLogprob = z.infer<typeof tokenLogprobSchema>;

export const finishReasonSchema = z.enum(['stop', 'length', 'cancelled']);

/** One stop of the route; times are means per lap in milliseconds, as in a frame's `TraceEntry`. */
export const jobStopSchema = z.object({
  stage: count,
  start: count,
  end: count,
  /** Sessions that shared a run, on average. */
  batch: z.number().check(z.gte(0)),
  /** One way, into this stage; the others follow in this order. */
  hopMs: millis,
  queueMs: millis,
  uploadMs: millis,
  computeMs: millis,
  readbackMs: millis,
});

/**
 * What a stage's own run took of a lap, without waiting for its turn: on a GPU it depends on the runtime in which of the three
 * its time shows.
 */
export const stepMsOf = (stop: Pick<z.infer<typeof jobStopSchema>, 'uploadMs' | 'computeMs' | 'readbackMs'>): number =>
  stop.uploadMs + stop.computeMs + stop.readbackMs;

export const jobStatsSchema = z.object({
  epoch: count,
  route: z.array(jobStopSchema).check(z.maxLength(64)),
  returnHopMs: millis,
  /** From sending a lap to its result. */
  lapMs: millis,
  /** What the driver waited for drafted tokens before a lap, on average. */
  draftMs: millis,
  laps: count,
  /** Tokens that were drafted, and how many of them the coalition agreed with. */
  drafted: count,
  accepted: count,
  drafter: z.enum(['none', 'ngram', 'model']),
  tokensPerSecond: millis,
  timeToFirstTokenMs: millis,
  /** From taking the request to the last token, milliseconds: the ring's own time, without HTTP. */
  totalMs: millis,
});
export type JobStats = z.infer<typeof jobStatsSchema>;

/** Driver -> server. In order per job; `done` or `failed` is the last one. */
export const jobEventSchema = z.discriminatedUnion('type', [
  /** After the prompt is tokenised. `promptTokens` counts one prompt, whatever the number of choices. */
  z.object({ type: z.literal('started'), job: jobIdSchema, promptTokens: count }),
  z.object({
    type: z.literal('delta'),
    job: jobIdSchema,
    choice: count,
    /** May be '' while a character or a possible stop string is held back. */
    text,
    /** New token ids, those of held-back text included. */
    ids: z.array(tokenId).check(z.maxLength(1024)),
    logprobs: z.optional(
      z
        .array(z.extend(tokenLogprobSchema, { top: z.array(tokenLogprobSchema).check(z.maxLength(MAX_TOP_LOGPROBS)) }))
        .check(z.maxLength(1024)),
    ),
  }),
  z.object({ type: z.literal('finished'), job: jobIdSchema, choice: count, reason: finishReasonSchema }),
  z.object({
    type: z.literal('done'),
    job: jobIdSchema,
    /** Prompt positions whose KV the coalition still had from earlier turns. */
    cachedTokens: count,
    stats: jobStatsSchema,
  }),
  z.object({
    type: z.literal('failed'),
    job: jobIdSchema,
    error: z.object({
      code: z.string().check(z.maxLength(40)),
      message: z.string().check(z.maxLength(500)),
      data: z.optional(z.record(z.string(), z.unknown())),
    }),
  }),
]);
export type JobEvent = z.infer<typeof jobEventSchema>;
