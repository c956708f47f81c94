// What an OPEN frame says: who drives the session, how its tokens are sampled, and the orchestrator's grant to do so.
import * as z from 'zod/mini';
import { codecPolicySchema } from '../../protocol/codec.ts';
import { signedDeliverySchema } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import { peerIdSchema, sessionIdSchema } from '../../protocol/ids.ts';
import { MAX_EOS_IDS, MAX_LOOP_AHEAD_TOKENS, MAX_STAGES, MAX_TOP_LOGPROBS } from '../../protocol/limits.ts';
import { samplingSchema } from '../../protocol/sampling.ts';
import { MAX_TOKEN_CHARS } from '../../protocol/signed-token.ts';

/** A grant of the longest kind has 4,096 characters, and a delivery of many epochs 3,000; the other fields have some hundred. */
export const MAX_OPEN_BYTES = 12_288;

/** What a frame's header can say. */
const MAX_POSITION = 0xffff_ffff;

const count = z.number().check(z.int(), z.gte(0), z.lte(MAX_POSITION));

/** How the entry goes on by itself once it has a prompt. */
export const loopSchema = z.object({
  /** Tokens of the answer that are still wanted, at most. */
  maxTokens: count.check(z.gte(1)),
  /** Each of these ends it. */
  eosIds: z.array(count).check(z.maxLength(MAX_EOS_IDS)),
  /** Tokens that it may be ahead of what the driver has said that it has. */
  ahead: z.number().check(z.int(), z.gte(1), z.lte(MAX_LOOP_AHEAD_TOKENS)),
  /** Counts up at the driver, with each prompt: what the entry says of an answer's end says of which. */
  turn: count,
  /** The driver knows nothing of this answer: what a loop has sampled of it already, unwitnessed, counts for nothing. */
  isFresh: z.optional(z.literal(true)),
  /** What may guess ahead at the entry. */
  drafter: z.enum(['none', 'ngram', 'model']),
  /** What the driver has signed for of this job: the steps that follow have so much more than its grant's prompt. */
  delivery: z.optional(signedDeliverySchema),
});
export type LoopTerms = z.infer<typeof loopSchema>;

export const openSchema = z.object({
  /** Where the exit sends results; the grant names it too. */
  driver: peerIdSchema,
  sampling: samplingSchema,
  /**
   * A token that `openGrant` reads. Another job's on an open session is the next turn of the conversation. Absent only
   * where driver and stage are one worker and nobody pays.
   */
  grant: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_TOKEN_CHARS))),
  /** Alternatives per result row; absent: result rows are bare ids. 0: the log-probability of the token alone. */
  logprobs: z.optional(z.number().check(z.int(), z.gte(0), z.lte(MAX_TOP_LOGPROBS))),
  /** How hidden states may travel; absent: `exact`. Every stage keeps to it in what it sends and in what it takes. */
  codec: z.optional(codecPolicySchema),
  /** From a driver to the entry alone: the steps that follow are a prompt, and the loop runs there. */
  loop: z.optional(loopSchema),
  /** From the entry on: a session of the loop that its driver knows by this id. The exit answers the entry, too. */
  of: z.optional(sessionIdSchema),
  /** The session goes on from another epoch: absent for one that begins. */
  carried: z.optional(
    z.object({
      /** Positions before this one are held by all stages but the fresh ones. */
      position: count,
      /** Stages of this epoch, by number, that were not in the ring before: whoever is before one replays what it sent. */
      fresh: z.array(z.number().check(z.int(), z.gte(0), z.lt(MAX_STAGES))).check(z.maxLength(MAX_STAGES)),
    }),
  ),
});
export type OpenSession = z.infer<typeof openSchema>;

export const packJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Parses a JSON payload of a hostile peer. Throws `bad-frame`. */
export function unpackJson(payload: Uint8Array): unknown {
  if (payload.byteLength > MAX_OPEN_BYTES)
    throw new PoolError('bad-frame', 'The frame’s JSON is larger than the limit.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new PoolError('bad-frame', 'The frame’s JSON cannot be read.', { cause });
  }
}

export function readOpenSession(payload: Uint8Array): OpenSession {
  const result = openSchema.safeParse(unpackJson(payload));
  if (!result.success) throw new PoolError('bad-frame', 'The frame opens a session with a field that does not fit.');
  return result.data;
}
