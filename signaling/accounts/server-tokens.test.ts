import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Grant, openGrant, sealGrant } from '../../protocol/grant.ts';
import { toBase64Url } from '../../protocol/identity.ts';
import { jobIdSchema, peerIdSchema } from '../../protocol/ids.ts';
import { CLOCK_SKEW_SECONDS } from '../../protocol/limits.ts';
import { openTicket, sealTicket, type Ticket } from '../../protocol/ticket.ts';
import { openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { sealOfOpen } from '../seal/open-seal.ts';
import { loadServerKey, type ServerKey } from './server-key.ts';
import { serverKeys } from './tables.ts';

const PEER = peerIdSchema.parse('ab'.repeat(16));
const OTHER = peerIdSchema.parse('cd'.repeat(16));
const NOW = 1_800_000_000;
const expires = NOW + 60;

const TICKET: Ticket = {
  pool: 'o/n@main:q4',
  epoch: 7,
  peer: PEER,
  role: 'stage',
  start: 0,
  end: 4,
  layers: 8,
  expires,
};
const GRANT: Grant = {
  job: jobIdSchema.parse('12'.repeat(16)),
  nonce: '34'.repeat(16),
  pool: 'o/n@main:q4',
  driver: PEER,
  sessions: 1,
  maxPosition: 100,
  promptTokens: 40,
  own: [OTHER],
  expires,
};

let key: ServerKey;
let stranger: ServerKey;
beforeAll(async () => {
  const { db, close } = await openDatabase({ memory: true });
  key = await loadServerKey(db, sealOfOpen(db));
  await db.delete(serverKeys);
  stranger = await loadServerKey(db, sealOfOpen(db));
  await close();
}, OPEN_TIMEOUT_MS);

/** The same claims with one letter of the body or of the signature changed. */
function changed(token: string, part: 0 | 1): string {
  const parts = token.split('.') as [string, string];
  const at = 10;
  const letter = parts[part][at] === 'A' ? 'B' : 'A';
  parts[part] = parts[part].slice(0, at) + letter + parts[part].slice(at + 1);
  return parts.join('.');
}

describe('a ticket that the server seals', () => {
  const open = (token: string, expected: object = {}) =>
    openTicket(token, { publicKey: key.publicKey, peer: PEER, epoch: 7, nowSeconds: NOW, ...expected });

  it('opens with its key, for its peer and epoch, until it expires', async () => {
    const token = sealTicket(TICKET, key.sign);
    expect(await open(token)).toEqual(TICKET);
    expect(await open(token, { nowSeconds: expires + CLOCK_SKEW_SECONDS })).toEqual(TICKET);
  });

  it.each<[string, () => string, object]>([
    ['expired', () => sealTicket(TICKET, key.sign), { nowSeconds: expires + CLOCK_SKEW_SECONDS + 1 }],
    ['another peer’s', () => sealTicket(TICKET, key.sign), { peer: OTHER }],
    ['of another epoch', () => sealTicket(TICKET, key.sign), { epoch: 8 }],
    ['of another server', () => sealTicket(TICKET, stranger.sign), {}],
    ['changed in its claims', () => changed(sealTicket(TICKET, key.sign), 0), {}],
    ['changed in its signature', () => changed(sealTicket(TICKET, key.sign), 1), {}],
    ['a grant', () => sealGrant(GRANT, key.sign), {}],
    ['unsigned', () => `${sealTicket(TICKET, key.sign).split('.')[0]}.`, {}],
    ['longer than any', () => `${sealTicket(TICKET, key.sign)}${'A'.repeat(1e6)}`, {}],
  ])('is refused when it is %s', async (_, seal, expected) => {
    await expect(open(seal(), expected)).rejects.toMatchObject({ code: 'ticket-refused' });
  });

  it('is refused with a key that is none', async () => {
    const token = sealTicket(TICKET, key.sign);
    for (const publicKey of [stranger.publicKey, '', '!', toBase64Url(new Uint8Array(65))]) {
      await expect(open(token, { publicKey })).rejects.toMatchObject({ code: 'ticket-refused' });
    }
  });

  it('is refused when it is signed in DER, as Node does on its own', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const parts = [x, y].map((part) => Buffer.from(part, 'base64url'));
    const point = Buffer.concat([Buffer.of(4), ...parts]).toString('base64url');
    const sealed = (dsaEncoding: 'der' | 'ieee-p1363') =>
      sealTicket(TICKET, (text) =>
        signBytes('sha256', Buffer.from(text), { key: privateKey, dsaEncoding }).toString('base64url'),
      );
    expect(await open(sealed('ieee-p1363'), { publicKey: point })).toEqual(TICKET);
    await expect(open(sealed('der'), { publicKey: point })).rejects.toMatchObject({ code: 'ticket-refused' });
  });
});

describe('a grant that the server seals', () => {
  const open = (token: string, expected: object = {}) =>
    openGrant(token, { publicKey: key.publicKey, driver: PEER, pool: GRANT.pool, nowSeconds: NOW, ...expected });

  it('opens with its key, for its driver and pool', async () => {
    expect(await open(sealGrant(GRANT, key.sign))).toMatchObject(GRANT);
  });

  it.each<[string, () => string, object]>([
    ['expired', () => sealGrant(GRANT, key.sign), { nowSeconds: expires + CLOCK_SKEW_SECONDS + 1 }],
    ['another driver’s', () => sealGrant(GRANT, key.sign), { driver: OTHER }],
    ['for another pool', () => sealGrant(GRANT, key.sign), { pool: 'o/other@main:q4' }],
    ['of another server', () => sealGrant(GRANT, stranger.sign), {}],
    ['changed in its claims', () => changed(sealGrant(GRANT, key.sign), 0), {}],
    ['changed in its signature', () => changed(sealGrant(GRANT, key.sign), 1), {}],
    ['a ticket', () => sealTicket(TICKET, key.sign), {}],
    ['signed without all of its claims', () => sealGrant({ ...GRANT, nonce: 'short' }, key.sign), {}],
  ])('is refused when it is %s', async (_, seal, expected) => {
    await expect(open(seal(), expected)).rejects.toMatchObject({ code: 'grant-refused' });
  });
});
