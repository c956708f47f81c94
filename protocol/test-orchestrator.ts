// A key that signs as the orchestrator does, with Node's own ECDSA and not the code under test. Used by tests only.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { PeerId } from './ids.ts';
import type { SignText } from './signed-token.ts';
import type { Ticket } from './ticket.ts';

export interface TestOrchestrator {
  /** Raw point in base64url. */
  publicKey: string;
  sign: SignText;
}

export function newOrchestrator(): TestOrchestrator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The raw point is the end of the SPKI structure (RFC 5480): 65 bytes.
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
  return {
    publicKey: raw.toString('base64url'),
    sign: (text) =>
      sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  };
}

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** A stage's ticket for all of four layers, an hour from its end. */
export const makeTicket = (peer: PeerId, epoch: number, fields: Partial<Ticket> = {}): Ticket => ({
  pool: 'test/model@main:q4',
  epoch,
  peer,
  role: 'stage',
  start: 0,
  end: 4,
  layers: 4,
  expires: inSeconds(3600),
  ...fields,
});
