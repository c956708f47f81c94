// Where a peer wants USDC to be paid, signed by its own key for one server: nobody else can turn its pay elsewhere. Keeps no
// state and knows no chain.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { type Identity, signText, verifyText } from './identity.ts';
import { type PeerId, peerIdSchema } from './ids.ts';

/** An account or a contract of an EVM chain, lower-case. */
export type Address = `0x${string}`;

const ZERO_ADDRESS: Address = `0x${'0'.repeat(40)}`;

/** Read in any case, kept lower-case, so that equal addresses are equal texts. */
export const addressSchema = z.pipe(
  z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
  z.transform((text: string) => text.toLowerCase() as Address),
);

/** The last moment that a `Date` holds. */
const MAX_DATE_MS = 8_640_000_000_000_000;

export const signedPayoutSchema = z.object({
  /** Who is to be paid. */
  peer: peerIdSchema,
  publicKey: z.string().check(z.maxLength(200)),
  /** The server that it is said to (`serverIdOf`): to another one it says nothing. */
  server: peerIdSchema,
  address: addressSchema,
  /** Milliseconds since 1970 by that server's clock: the latest statement of a peer counts. */
  at: z.number().check(z.int(), z.gte(0), z.lte(MAX_DATE_MS)),
  signature: z.string().check(z.maxLength(200)),
});
export type SignedPayout = z.infer<typeof signedPayoutSchema>;

/** What is paid to the zero address is lost. */
export const isZeroAddress = (address: Address): boolean => address === ZERO_ADDRESS;

/** The text that is signed: every field in this order. No field's alphabet has the separator. */
export function payoutText({ server, peer, at, address }: Omit<SignedPayout, 'publicKey' | 'signature'>): string {
  return ['computepool-payout', 1, server, peer, at, address.toLowerCase()].join(':');
}

/**
 * Throws `bad-request` for what is no address, and for the zero address. `at` is of the server's clock; the default is this
 * machine's.
 *
 * @example
 * const payout = await signPayout(identity, { server: await serverIdOf(welcome.orchestratorKey), address });
 */
export async function signPayout(
  { peer, publicKey, privateKey }: Identity,
  { server, address, at = Date.now() }: { server: PeerId; address: string; at?: number },
): Promise<SignedPayout> {
  const read = addressSchema.safeParse(address);
  if (!read.success || isZeroAddress(read.data)) {
    throw new PoolError('bad-request', 'A payout address is 0x and 40 digits from 0-9 and a-f, not all of them 0.');
  }
  const payout = { peer, server, address: read.data, at: Math.trunc(at) };
  return { ...payout, publicKey, signature: await signText(privateKey, payoutText(payout)) };
}

/** Throws `not-authentic` unless the peer that it names signed it, and for the zero address, which is nobody's. */
export async function checkPayout(signed: SignedPayout): Promise<Address> {
  if (isZeroAddress(signed.address)) throw new PoolError('not-authentic', 'The zero address is nobody’s.');
  const signer = await verifyText(signed, payoutText(signed));
  if (signer !== signed.peer) throw new PoolError('not-authentic', 'The payout address is signed by another peer.');
  return signed.address;
}
