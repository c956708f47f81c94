import { expect, test, vi } from 'vitest';
import { checkDelivery, type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { LoopNotes } from './loop-notes.ts';

const GRANT = {
  ...{ job: 'a'.repeat(32), nonce: 'b'.repeat(32), pool: 'computepool/guide-4m@main:q4', server: 'c'.repeat(32) },
} as unknown as OpenGrant;
const newDriver = async (): Promise<Identity> => identityOf(await newIdentityKeys());

function signed(driver: Identity, tokens: number, fields: object = {}): Promise<SignedDelivery> {
  const { job, nonce, pool, server } = GRANT;
  const about = { job, nonce, pool, server, peer: driver.peer, promptTokens: 9, cachedTokens: 0 };
  return signDelivery(driver, { ...about, delivered: [{ epoch: 5, tokens }], ...fields });
}

/** What is known to be signed for after this note, which comes in an ack and with a prompt. */
async function taken(note: SignedDelivery, driver: PeerId): Promise<number[]> {
  const [acked, shown] = [new LoopNotes(), new LoopNotes()];
  let told = 0;
  acked.take(GRANT, driver, note, () => told++, checkDelivery);
  await shown.show(GRANT, driver, note, checkDelivery);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told).toBe(acked.tokensOf(GRANT.job) > 0 ? 1 : 0);
  return [acked.tokensOf(GRANT.job), shown.tokensOf(GRANT.job)];
}

test('what a driver signed for its own job is told, and kept for the server: whatever epoch it names, it pays', async () => {
  const driver = await newDriver();
  const note = await signed(driver, 3, {
    delivered: [
      { epoch: 5, tokens: 3 },
      { epoch: 999, tokens: 40 },
    ],
  });
  expect(await taken(note, driver.peer)).toEqual([43, 43]);
});

test.each<[string, object]>([
  ['another job', { job: 'd'.repeat(32) as JobId }],
  ['another grant of it', { nonce: 'd'.repeat(32) }],
  ['another server', { server: 'd'.repeat(32) as PeerId }],
  ['another pool', { pool: 'acme/tiny@main:q4' }],
])('what it signed for %s is no word', async (_what, fields) => {
  const driver = await newDriver();
  expect(await taken(await signed(driver, 3, fields), driver.peer)).toEqual([0, 0]);
});

test('nor what another signed, or nobody', async () => {
  const [driver, other] = [await newDriver(), await newDriver()];
  expect(await taken(await signed(other, 3), driver.peer)).toEqual([0, 0]);
  const note = await signed(driver, 3);
  const forged = { ...note, note: { ...note.note, delivered: [{ epoch: 5, tokens: 300 }] } };
  expect(await taken(forged, driver.peer)).toEqual([0, 0]);
});

test('one is checked at a time, and of what comes meanwhile the last: a flood costs two checks', async () => {
  const driver = await newDriver();
  const notes = new LoopNotes();
  const told: number[] = [];
  const tell = (): void => void told.push(notes.tokensOf(GRANT.job));
  const check = vi.fn(checkDelivery);
  const all = await Promise.all(Array.from({ length: 50 }, (_, at) => signed(driver, at + 1)));
  for (const note of all) notes.take(GRANT, driver.peer, note, tell, check);
  await vi.waitFor(() => expect(told).toEqual([1, 50]));
  expect(check).toHaveBeenCalledTimes(2);
  // What says no more than before is not looked at.
  notes.take(GRANT, driver.peer, all[10]!, tell, check);
  await notes.show(GRANT, driver.peer, all[10]!, check);
  expect(check).toHaveBeenCalledTimes(2);
  expect(notes.of(GRANT.job)?.note.delivered).toEqual([{ epoch: 5, tokens: 50 }]);
});
