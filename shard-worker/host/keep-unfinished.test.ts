import { expect, test } from 'vitest';
import { newSessionId, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import type { Unfinished } from '../words/unfinished.ts';
import { BrowserShelf } from './keep-unfinished.ts';
import { FakeIndexedDb } from './test-indexed-db.ts';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as [PeerId, PeerId];
const unfinished = (fields: Partial<Unfinished> = {}): Unfinished => ({
  pool: poolIdOf({ repo: 'acme/tiny', revision: 'main', dtype: 'q4' }),
  ask: 7,
  job: 'd'.repeat(32) as Unfinished['job'],
  session: newSessionId(),
  request: { messages: [{ role: 'user', content: 'Hello?' }], seed: 3 },
  tokenIds: [1, 2],
  text: 'Once',
  resumed: 0,
  cachedTokens: 0,
  delivered: [{ epoch: 5, tokens: 2 }],
  at: 1000,
  ...fields,
});

function shelfAt(now: () => number) {
  const database = new FakeIndexedDb();
  const shelf = new BrowserShelf(() => database as never, now);
  return { database, shelf };
}

test('what a peer left is there for that peer until it is over, and for a minute', async () => {
  let nowMs = 2000;
  const { database, shelf } = shelfAt(() => nowMs);
  const left = unfinished();
  await shelf.write(A, left);
  expect([await shelf.read(A), await shelf.read(B)]).toEqual([left, undefined]);
  nowMs += 60_000;
  expect(await shelf.read(B)).toBeUndefined();
  expect([...database.values], 'nobody came back for it').toEqual([]);
  nowMs = 2000;
  await shelf.write(A, left);
  await shelf.write(A, undefined);
  expect(await shelf.read(A)).toBeUndefined();
});

test('writes keep their order', async () => {
  const { shelf } = shelfAt(() => 1000);
  void shelf.write(A, unfinished());
  void shelf.write(A, unfinished({ ask: 8 }));
  await shelf.write(A, undefined);
  expect(await shelf.read(A)).toBeUndefined();
});

test('what another version left, and a browser without storage, are nothing', async () => {
  const { database, shelf } = shelfAt(() => 1000);
  database.values.set(A, { ...unfinished(), session: 'x' });
  expect(await shelf.read(A)).toBeUndefined();
  const none = new BrowserShelf(() => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  });
  await none.write(A, unfinished());
  expect(await none.read(A)).toBeUndefined();
});
