// What proves a link: the statement that both ends make about this very connection, signed with a peer's key. Whether the
// two may speak at all is their tickets' business. WebCrypto only; keeps no key and no state.
import { PoolError } from './errors.ts';
import { type Identity, signText, verifyText } from './identity.ts';
import type { PeerId } from './ids.ts';

/** `asker` asked for the connection. The role is in the statement, so that no answer can be sent back as a question. */
export type LinkRole = 'asker' | 'answerer';

/** What one end brings to a link. */
export interface LinkEnd {
  peer: PeerId;
  /** 32 hex characters, fresh for each connection. */
  nonce: string;
  /** SHA-256 of this end's DTLS certificate: 64 hex characters, as `fingerprintOf` gives it. */
  fingerprint: string;
}

/** One connection, seen the same by both ends unless somebody sits between them. */
export interface LinkFacts {
  epoch: number;
  asker: LinkEnd;
  answerer: LinkEnd;
}

/**
 * The text that is signed. Every field has an alphabet without the separator, so no two connections share a text; the
 * ids are in it, so that a proof made for one neighbour says nothing to another.
 */
export function linkStatement(role: LinkRole, { epoch, asker, answerer }: LinkFacts): string {
  const ends = [asker, answerer].flatMap(({ peer, nonce, fingerprint }) => [peer, nonce, fingerprint]);
  return ['computepool-link', 1, role, epoch, ...ends].join(':');
}

/** 128 random bits in hex. */
export function newLinkNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What this end shows as `role`: ECDSA P-256 over the statement, 64 bytes in base64url. */
export const signLink = (identity: Identity, role: LinkRole, facts: LinkFacts): Promise<string> =>
  signText(identity.privateKey, linkStatement(role, facts));

/**
 * Checks what the other end showed as `role`: that it holds the key its id is derived from, and sees the same two
 * certificates. Throws `not-authentic`.
 */
export async function checkLink(
  shown: { publicKey: string; signature: string },
  role: LinkRole,
  facts: LinkFacts,
): Promise<void> {
  const signer = await verifyText(shown, linkStatement(role, facts));
  if (signer !== facts[role].peer) throw new PoolError('not-authentic', 'The neighbour has another key than its id.');
}

/**
 * The certificate fingerprint in a session description (RFC 8122), 64 hex characters. Throws `not-authentic` unless
 * there is exactly one: among several, two browsers could mean different ones.
 */
export function fingerprintOf(sdp: string): string {
  const lines = sdp.split(/\r\n|\r|\n/).filter((line) => /^a=fingerprint:/i.test(line));
  const found = new Set(lines.map((line) => line.slice('a=fingerprint:'.length).trim().toLowerCase()));
  const [only = ''] = found;
  const match = /^sha-256 +([0-9a-f]{2}(?::[0-9a-f]{2}){31})$/.exec(only);
  if (found.size !== 1 || !match) {
    throw new PoolError('not-authentic', 'The connection does not say which certificate secures it.');
  }
  return match[1]!.replaceAll(':', '');
}
