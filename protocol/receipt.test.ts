import { expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from './identity.ts';
import type { JobId, PeerId, SessionId } from './ids.ts';
import { chainNext, chainStart, checkReceipt, type Receipt, receiptText, signReceipt } from './receipt.ts';

const identity = await identityOf(await newIdentityKeys());
const about = {
  job: '1'.repeat(32) as JobId,
  nonce: '2'.repeat(32),
  session: '3'.repeat(16) as SessionId,
  epoch: 7,
};
const receipt: Receipt = {
  ...about,
  server: '4'.repeat(32) as PeerId,
  ...{ pool: 'a/b@main:q4', peer: identity.peer, start: 0, end: 2, frames: 3, from: 5, to: 9, lastFrom: 8 },
  ...{ computeMs: 1.25, chainIn: 'a'.repeat(64), chainOut: 'b'.repeat(64) },
};
const notAuthentic = expect.objectContaining({ code: 'not-authentic' });

test('a receipt is accepted as its peer signed it', async () => {
  expect(await checkReceipt(await signReceipt(identity, receipt))).toEqual(receipt);
});

test.each(Object.keys(receipt) as (keyof Receipt)[])('a receipt whose %s was changed is refused', async (field) => {
  const signed = await signReceipt(identity, receipt);
  const value = receipt[field];
  const changed = typeof value === 'number' ? value + 1 : `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
  await expect(checkReceipt({ ...signed, receipt: { ...receipt, [field]: changed } })).rejects.toEqual(notAuthentic);
});

test('a receipt that names another peer than its signer is refused', async () => {
  const other = await identityOf(await newIdentityKeys());
  await expect(checkReceipt(await signReceipt(other, receipt))).rejects.toEqual(notAuthentic);
});

test('a pool’s own separator moves nothing into another field', () => {
  const texts = new Set([receipt, { ...receipt, pool: `${'b'.repeat(64)}:${receipt.pool}` }].map(receiptText));
  expect(texts.size).toBe(2);
});

test('chains differ by job, nonce, session, epoch, position, rows, bytes and order, and by nothing else', async () => {
  const start = await chainStart(about);
  const frame = { position: 5, rows: 2, payload: Uint8Array.of(1, 2) };
  const next = await chainNext(start, frame);
  expect(await chainNext(await chainStart({ ...about }), { ...frame, payload: frame.payload.slice() })).toBe(next);
  const others = await Promise.all([
    ...[{ job: '4'.repeat(32) as JobId }, { nonce: '4'.repeat(32) }, { session: '4'.repeat(16) as SessionId }].map(
      async (field) => chainNext(await chainStart({ ...about, ...field }), frame),
    ),
    chainNext(await chainStart({ ...about, epoch: 8 }), frame),
    chainNext(start, { ...frame, position: 6 }),
    chainNext(start, { ...frame, rows: 3 }),
    chainNext(start, { ...frame, payload: Uint8Array.of(1, 3) }),
    chainNext(next, frame),
  ]);
  expect(new Set([next, start, ...others]).size).toBe(others.length + 2);
});
