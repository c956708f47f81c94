// The words that the two ends of one channel say about the channel itself: byte 0xCB, then JSON. Reads and writes them;
// what they mean is the link's business.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { MAX_LANES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { MAX_TOKEN_CHARS } from '../../protocol/signed-token.ts';

/** First byte of a link's own messages, beside the frames and in order with them. */
export const LINK_WORD_MAGIC = 0xcb;
/** A welcome has about 400 bytes and a ticket, which has some 500 characters and never more than `MAX_TOKEN_CHARS`. */
const MAX_WORD_BYTES = 1024 + MAX_TOKEN_CHARS;

const epochSchema = z.number().check(z.int(), z.gte(0));
const nonceSchema = z.string().check(z.regex(/^[0-9a-f]{32}$/));
/** Keys and signatures; their exact lengths are checked where they are used. */
const bytesSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,100}$/));
const opening = {
  version: z.literal(PROTOCOL_VERSION),
  epoch: epochSchema,
  nonce: nonceSchema,
  publicKey: bytesSchema,
  /** May be empty: then it is refused as a ticket and not as a word. */
  ticket: z.string().check(z.maxLength(MAX_TOKEN_CHARS)),
};
const signature = bytesSchema;
const laneSchema = z.number().check(z.int(), z.gte(1), z.lt(MAX_LANES));
const fingerprintSchema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const wordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), ...opening }),
  z.object({ type: z.literal('welcome'), ...opening, signature }),
  z.object({ type: z.literal('confirm'), epoch: epochSchema, signature }),
  z.object({ type: z.literal('refuse'), version: z.number() }),
  /** Another connection of this very link, by its number and its two certificates as the sender sees them. */
  z.object({ type: z.literal('lane'), lane: laneSchema, local: fingerprintSchema, remote: fingerprintSchema }),
  z.object({ type: z.literal('lane-ready'), lane: laneSchema }),
  z.object({ type: z.literal('ping'), at: z.number() }),
  z.object({ type: z.literal('pong'), at: z.number() }),
]);
export type LinkWord = z.infer<typeof wordSchema>;
export type HelloWord = LinkWord & { type: 'hello' };
export type WelcomeWord = LinkWord & { type: 'welcome' };
export type LaneWord = LinkWord & { type: 'lane' };
export type ConfirmWord = LinkWord & { type: 'confirm' };

/** All that may be assumed of a hello or welcome of another version. */
const foreignSchema = z.object({ type: z.enum(['hello', 'welcome']), version: z.number() });

export function encodeWord(word: LinkWord): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(word));
  const message = new Uint8Array(json.byteLength + 1);
  message[0] = LINK_WORD_MAGIC;
  message.set(json, 1);
  return message;
}

/** Reads a whole message. Throws `bad-frame`, or `version-mismatch` for a hello or welcome of another version. */
export function parseWord(message: Uint8Array): LinkWord {
  if (message.byteLength > MAX_WORD_BYTES) throw new PoolError('bad-frame', 'A link word is larger than the limit.');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message.subarray(1)));
  } catch (cause) {
    throw new PoolError('bad-frame', 'A peer sent a link word that cannot be read.', { cause });
  }
  const foreign = foreignSchema.safeParse(json);
  if (foreign.success && foreign.data.version !== PROTOCOL_VERSION) throw otherVersion(foreign.data.version);
  const word = wordSchema.safeParse(json);
  if (!word.success) throw new PoolError('bad-frame', 'A peer sent an unknown link word.', { cause: word.error });
  return word.data;
}

export const otherVersion = (version: number): PoolError =>
  new PoolError('version-mismatch', `The neighbour speaks version ${version}, this tab ${PROTOCOL_VERSION}.`);

export const unexpected = (word: LinkWord['type']): PoolError =>
  new PoolError('bad-frame', `A peer said ${word} out of turn.`);
