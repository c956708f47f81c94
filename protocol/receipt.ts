// What a stage says it did for a session, signed by the peer's own key: layers and positions say what it covers, and chains
// bind it to the very bytes that passed. Keeps no state.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { fromHex, toHex } from './hex.ts';
import { type Identity, signText, verifyText } from './identity.ts';
import { type JobId, jobIdSchema, MAX_POOL_ID_CHARS, peerIdSchema, type SessionId, sessionIdSchema } from './ids.ts';

const count = z.number().check(z.int(), z.gte(0));
const chain = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const receiptSchema = z.object({
  /** The server whose grant it is for (`serverIdOf`): to another one it says nothing. */
  server: peerIdSchema,
  job: jobIdSchema,
  /** The grant's: a receipt of another job cannot be shown again. */
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  session: sessionIdSchema,
  pool: z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)),
  epoch: count,
  peer: peerIdSchema,
  /** Layers `[start, end)`. */
  start: count,
  end: count,
  /** Frames of this job and session that it covers: step or hidden frames in, as many hidden or result frames out. */
  frames: count,
  /** Positions `[from, to)` that were computed, rows that were taken back and computed again counted once. */
  from: count,
  to: count,
  /** The furthest frame began here: a driver that fed no drafts had the results of all positions before. At most `to`. */
  lastFrom: count,
  /** Milliseconds inside the model, for people and for the planner: nothing is paid by it. */
  computeMs: z.number().check(z.gte(0)),
  /** Chains over what came in and what went out. */
  chainIn: chain,
  chainOut: chain,
});
export type Receipt = z.infer<typeof receiptSchema>;

export const signedReceiptSchema = z.object({
  receipt: receiptSchema,
  publicKey: z.string().check(z.maxLength(200)),
  signature: z.string().check(z.maxLength(200)),
});
export type SignedReceipt = z.infer<typeof signedReceiptSchema>;

/** The text that is signed: every field in this order. No field's alphabet has the separator but `pool`, which is last. */
export function receiptText(receipt: Receipt): string {
  const {
    server,
    job,
    nonce,
    session,
    epoch,
    peer,
    start,
    end,
    frames,
    from,
    to,
    lastFrom,
    computeMs,
    chainIn,
    chainOut,
  } = receipt;
  const fields = [
    server,
    job,
    nonce,
    session,
    epoch,
    peer,
    start,
    end,
    frames,
    from,
    to,
    lastFrom,
    computeMs,
    chainIn,
    chainOut,
  ];
  return ['computepool-receipt', 2, ...fields, receipt.pool].join(':');
}

export async function signReceipt(identity: Identity, receipt: Receipt): Promise<SignedReceipt> {
  const signature = await signText(identity.privateKey, receiptText(receipt));
  return { receipt, publicKey: identity.publicKey, signature };
}

/** Throws `not-authentic` unless the peer that it names signed it. */
export async function checkReceipt(signed: SignedReceipt): Promise<Receipt> {
  const signer = await verifyText(signed, receiptText(signed.receipt));
  if (signer !== signed.receipt.peer) throw new PoolError('not-authentic', 'The receipt is signed by another peer.');
  return signed.receipt;
}

/** Where every chain of this job, session and epoch begins: SHA-256, 64 hex characters. */
export async function chainStart(about: {
  job: JobId;
  nonce: string;
  session: SessionId;
  epoch: number;
}): Promise<string> {
  const text = ['computepool-chain', 1, about.job, about.nonce, about.session, about.epoch].join(':');
  return toHex(await sha256(new Uint8Array(new TextEncoder().encode(text))));
}

/** The next link: SHA-256(previous 32 bytes, u32 position, u32 rows, payload), little endian. */
export const chainNext = async (previous: string, frame: ChainedFrame): Promise<string> =>
  toHex(await chainNextBytes(fromHex(previous), frame));

/** What a chain takes of a frame. */
export interface ChainedFrame {
  position: number;
  rows: number;
  payload: Uint8Array;
}

/** As `chainNext`, for who adds a link per frame: hex costs more than the digest of a small one. */
export async function chainNextBytes(previous: Uint8Array, frame: ChainedFrame): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(40 + frame.payload.byteLength);
  bytes.set(previous);
  const view = new DataView(bytes.buffer);
  view.setUint32(32, frame.position, true);
  view.setUint32(36, frame.rows, true);
  bytes.set(frame.payload, 40);
  return sha256(bytes);
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
