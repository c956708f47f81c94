// What a loop at the entry and its driver say to one another beside frames of tokens: JSON in frames of the loop's own session.
import * as z from 'zod/mini';
import { type SignedDelivery, signedDeliverySchema } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import { sessionIdSchema } from '../../protocol/ids.ts';
import { packJson, unpackJson } from '../ring/open-session.ts';

const count = z.number().check(z.int(), z.gte(0));

/** The loop has a session in the ring, and all laps of it up to this one are over: what comes of later ones is told by both ends. */
const begunSchema = z.object({ session: sessionIdSchema, turn: count, lap: count });
export type LoopBegun = z.infer<typeof begunSchema>;

/** The answer is whole. Figures for people: nothing is paid by them. */
const doneSchema = z.object({
  turn: count,
  reason: z.enum(['stop', 'length', 'cancelled']),
  drafted: count,
  accepted: count,
  drafter: z.enum(['none', 'ngram', 'model']),
});
export type LoopDone = z.infer<typeof doneSchema>;

/** The answer failed. What failed is read as any error is. */
const failedSchema = z.object({ turn: z.optional(count) });

/** The note of what has been delivered so far. Absent where nobody is paid: in a test, or where the model is in this very tab. */
const ackSchema = z.object({ delivery: z.optional(signedDeliverySchema) });

/** Throws `bad-frame`. */
export const readBegun = (payload: Uint8Array): LoopBegun => read(begunSchema, payload);

/** Throws `bad-frame`. */
export const readDone = (payload: Uint8Array): LoopDone => read(doneSchema, payload);

/** `turn`: undefined where what was asked was refused before it was anybody's. Throws `bad-frame`. */
export function readFailed(payload: Uint8Array): { turn: number | undefined; error: PoolError } {
  return { turn: read(failedSchema, payload).turn, error: PoolError.from(unpackJson(payload)) };
}

export const packAck = (delivery: SignedDelivery | undefined): Uint8Array => packJson({ delivery });

/** Throws `bad-frame`. */
export const readAck = (payload: Uint8Array): SignedDelivery | undefined => read(ackSchema, payload).delivery;

function read<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, payload: Uint8Array): T {
  const result = schema.safeParse(unpackJson(payload));
  if (!result.success) throw new PoolError('bad-frame', 'A word of a loop has a field that does not fit.');
  return result.data as T;
}
