// What the client of a chat received, signed by its own key: it is the witness of its answer, and pays by what it signs. Over
// HTTP the server is the witness and needs no signature. Keeps no state.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { type Identity, signText, verifyText } from './identity.ts';
import { jobIdSchema, MAX_POOL_ID_CHARS, peerIdSchema } from './ids.ts';

const count = z.number().check(z.int(), z.gte(0), z.lte(0x7fff_ffff));

/** Epochs that one answer may pass through. */
export const MAX_DELIVERIES = 64;

export const deliverySchema = z.object({
  /** The server whose grant it is for (`serverIdOf`). */
  server: peerIdSchema,
  job: jobIdSchema,
  /** The grant's: what is signed for another job cannot be shown again. */
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  pool: z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)),
  /** Who asked. */
  peer: peerIdSchema,
  promptTokens: count,
  /** Positions at the prompt's beginning that were in the cache of those who gave the first token. Less than `promptTokens`. */
  cachedTokens: count,
  /** In the order of delivery: so many tokens came out of that epoch. */
  delivered: z.array(z.object({ epoch: count, tokens: count })).check(z.maxLength(MAX_DELIVERIES)),
});
export type DeliveryNote = z.infer<typeof deliverySchema>;

export const signedDeliverySchema = z.object({
  note: deliverySchema,
  publicKey: z.string().check(z.maxLength(200)),
  signature: z.string().check(z.maxLength(200)),
});
export type SignedDelivery = z.infer<typeof signedDeliverySchema>;

/** The text that is signed: every field in this order. No field's alphabet has the separator but `pool`, which is last. */
export function deliveryText(note: DeliveryNote): string {
  const { server, job, nonce, peer, promptTokens, cachedTokens, delivered, pool } = note;
  const parts = delivered.map(({ epoch, tokens }) => `${epoch}/${tokens}`).join(',');
  return ['computepool-delivery', 1, server, job, nonce, peer, promptTokens, cachedTokens, parts, pool].join(':');
}

export async function signDelivery(identity: Identity, note: DeliveryNote): Promise<SignedDelivery> {
  const signature = await signText(identity.privateKey, deliveryText(note));
  return { note, publicKey: identity.publicKey, signature };
}

/** Throws `not-authentic` unless the peer that it names signed it. */
export async function checkDelivery(signed: SignedDelivery): Promise<DeliveryNote> {
  const signer = await verifyText(signed, deliveryText(signed.note));
  if (signer !== signed.note.peer) throw new PoolError('not-authentic', 'The delivery is signed by another peer.');
  return signed.note;
}
