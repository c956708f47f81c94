// What proves a link: the statement that both ends make about this very connection, signed with a peer's key and keyed
// with the coalition's ticket. The ticket itself never travels. WebCrypto only; keeps no key and no state.
import { PoolError } from './errors.ts';
import { fromBase64Url, type Identity, signText, toBase64Url, verifyText } from './identity.ts';
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

/** Both fields base64url. */
export interface LinkProof {
  /** ECDSA P-256 over the statement, 64 bytes. */
  signature: string;
  /** HMAC-SHA-256 over the statement, keyed with the ticket's characters, 32 bytes. */
  proof: string;
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

/** HMAC-SHA-256 in base64url: that the maker knows the ticket. */
export async function ticketProof(ticket: string, statement: string): Promise<string> {
  const key = await ticketKey(ticket, 'sign');
  const proof = await crypto.subtle.sign('HMAC', key, bytesOf(statement));
  return toBase64Url(new Uint8Array(proof));
}

/** What this end shows as `role`. */
export async function makeLinkProof(
  identity: Identity,
  ticket: string,
  role: LinkRole,
  facts: LinkFacts,
): Promise<LinkProof> {
  const statement = linkStatement(role, facts);
  const [signature, proof] = await Promise.all([
    signText(identity.privateKey, statement),
    ticketProof(ticket, statement),
  ]);
  return { signature, proof };
}

/**
 * Checks what the other end showed as `role`: that it holds the key its id is derived from, knows the ticket, and sees
 * the same two certificates. Throws `not-authentic`.
 */
export async function checkLinkProof(
  shown: LinkProof & { publicKey: string },
  ticket: string,
  role: LinkRole,
  facts: LinkFacts,
): Promise<void> {
  const statement = linkStatement(role, facts);
  const signer = await verifyText(shown, statement);
  if (signer !== facts[role].peer) throw new PoolError('not-authentic', 'The neighbour has another key than its id.');
  if (!(await knowsTicket(shown.proof, ticket, statement))) {
    throw new PoolError('not-authentic', 'The neighbour does not know the ticket of this coalition.');
  }
}

/** The browser compares: its time does not depend on where two proofs differ. */
async function knowsTicket(proof: string, ticket: string, statement: string): Promise<boolean> {
  try {
    const key = await ticketKey(ticket, 'verify');
    return await crypto.subtle.verify('HMAC', key, fromBase64Url(proof), bytesOf(statement));
  } catch {
    return false;
  }
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

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

const ticketKey = (ticket: string, usage: 'sign' | 'verify'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytesOf(ticket), { name: 'HMAC', hash: 'SHA-256' }, false, [usage]);
