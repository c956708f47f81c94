import { expect, test } from 'vitest';
import { checkDelivery, type DeliveryNote, deliveryText, signDelivery } from './delivery.ts';
import { identityOf, newIdentityKeys } from './identity.ts';
import type { JobId, PeerId } from './ids.ts';

const identity = await identityOf(await newIdentityKeys());
const note: DeliveryNote = {
  server: '4'.repeat(32) as PeerId,
  ...{ job: '1'.repeat(32) as JobId, nonce: '2'.repeat(32), pool: 'a/b@main:q4', peer: identity.peer },
  ...{ promptTokens: 40, cachedTokens: 8 },
  delivered: [
    { epoch: 7, tokens: 3 },
    { epoch: 8, tokens: 12 },
  ],
};
const notAuthentic = expect.objectContaining({ code: 'not-authentic' });

test('a note is accepted as its peer signed it, also one of nothing', async () => {
  for (const each of [note, { ...note, delivered: [] }]) {
    expect(await checkDelivery(await signDelivery(identity, each))).toEqual(each);
  }
});

const changed: { [Field in keyof DeliveryNote]: DeliveryNote[Field] } = {
  server: '9'.repeat(32) as PeerId,
  ...{ job: '9'.repeat(32) as JobId, nonce: '9'.repeat(32), pool: 'a/b@main:q8', peer: '9'.repeat(32) as PeerId },
  ...{ promptTokens: 41, cachedTokens: 9, delivered: [] },
};
test.each(Object.entries(changed))('a note whose %s was changed is refused', async (field, value) => {
  const signed = await signDelivery(identity, note);
  await expect(checkDelivery({ ...signed, note: { ...note, [field]: value } })).rejects.toEqual(notAuthentic);
});

test.each<[string, [epoch: number, tokens: number][]]>([
  [
    'one token fewer',
    [
      [7, 3],
      [8, 11],
    ],
  ],
  [
    'a token of another epoch',
    [
      [7, 4],
      [8, 11],
    ],
  ],
  [
    'epochs in another order',
    [
      [8, 12],
      [7, 3],
    ],
  ],
  [
    'other epochs',
    [
      [6, 3],
      [8, 12],
    ],
  ],
  ['no second epoch', [[7, 3]]],
  [
    'a third epoch',
    [
      [7, 3],
      [8, 12],
      [9, 1],
    ],
  ],
  [
    'an epoch in two parts',
    [
      [7, 1],
      [7, 2],
      [8, 12],
    ],
  ],
])('a note that is made to say %s is refused', async (_what, parts) => {
  const signed = await signDelivery(identity, note);
  const delivered = parts.map(([epoch, tokens]) => ({ epoch, tokens }));
  await expect(checkDelivery({ ...signed, note: { ...note, delivered } })).rejects.toEqual(notAuthentic);
});

test('a note that names another peer than its signer is refused', async () => {
  const other = await identityOf(await newIdentityKeys());
  await expect(checkDelivery(await signDelivery(other, note))).rejects.toEqual(notAuthentic);
});

test('a pool’s own separators move nothing into another field', () => {
  const nothing = { ...note, delivered: [] };
  const notes = [note, nothing, { ...nothing, pool: `7/3,8/12:${note.pool}` }, { ...note, pool: `:${note.pool}` }];
  expect(new Set(notes.map(deliveryText)).size).toBe(notes.length);
});
