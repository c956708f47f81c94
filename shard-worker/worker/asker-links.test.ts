// The links of a tab that serves nothing: to entry and exit of one coalition, proved with a driver's ticket.
import { afterEach, expect, test, vi } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import type { Identity } from '../../protocol/identity.ts';
import { type Bridge, makeBridge } from '../links/port-bridge.ts';
import { IDENTITY_A, IDENTITY_B, newIdentity, ORCHESTRATOR, ticketOf } from '../links/proved-pair.ts';
import { AskerLinks } from './asker-links.ts';
import type { WorkerEvents } from './worker-api.ts';

const EPOCH = 5;
const trust = { orchestratorKey: () => ORCHESTRATOR.publicKey };
const bridges: Bridge[] = [];
const askers: AskerLinks[] = [];
afterEach(() => {
  for (const asker of askers.splice(0)) for (const epoch of [EPOCH, EPOCH + 1]) asker.closeEpoch(epoch);
  for (const bridge of bridges.splice(0)) bridge.close();
});

function open(identity: Identity, ticket: Parameters<typeof ticketOf>[1] = {}) {
  const closed: WorkerEvents['link-closed'][] = [];
  const asker = new AskerLinks(
    () => identity,
    trust,
    (event, data) => {
      if (event === 'link-closed') closed.push(data as WorkerEvents['link-closed']);
    },
  );
  askers.push(asker);
  asker.holdTicket(EPOCH, ticketOf(identity, { epoch: EPOCH, ...ticket }));
  return { asker, identity, closed };
}

type End = ReturnType<typeof open>;

async function link(from: End, to: End, epoch = EPOCH): Promise<void> {
  const bridge = makeBridge();
  bridges.push(bridge);
  const [local, remote] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];
  const common = { id: bridges.length, epoch, lane: 0 };
  const into = { peer: from.identity.peer, direction: 'in', fingerprints: { local: remote, remote: local } } as const;
  const out = { peer: to.identity.peer, direction: 'out', fingerprints: { local, remote } } as const;
  await to.asker.links.add({ ...common, ...into, port: bridge.ends[1] });
  await from.asker.links.add({ ...common, ...out, port: bridge.ends[0] });
}

const seatOf = ({ identity }: End, start: number, end: number) => ({ peer: identity.peer, start, end }) as Seat;
/** The driver, the entry and the exit. */
async function openThree() {
  const driver = open(await newIdentity(), { role: 'driver', start: 0, end: 0 });
  const [entry, exit] = [open(IDENTITY_A, { end: 2 }), open(IDENTITY_B, { start: 2 })];
  return { driver, entry, exit, seats: [seatOf(entry, 0, 2), seatOf(exit, 2, 4)] };
}

test('a driver has links when those to entry and exit are both proved, in either order', async () => {
  const { driver, entry, exit, seats } = await openThree();
  expect(driver.asker.driverLinks(EPOCH, seats)).toBeUndefined();
  await link(driver, exit);
  expect(driver.asker.driverLinks(EPOCH, seats)).toBeUndefined();
  await link(driver, entry);
  const links = driver.asker.driverLinks(EPOCH, seats);
  expect([links?.entry.peer, links?.exit.peer]).toEqual([IDENTITY_A.peer, IDENTITY_B.peer]);
  expect(driver.asker.driverLinks(EPOCH + 1, seats)).toBeUndefined();
  expect(driver.asker.driverLinks(EPOCH, [])).toBeUndefined();
});

test('a coalition of one is reached over one link, which is entry and exit', async () => {
  const driver = open(await newIdentity(), { role: 'driver', start: 0, end: 0 });
  const solo = open(IDENTITY_A);
  await link(driver, solo);
  const links = driver.asker.driverLinks(EPOCH, [seatOf(solo, 0, 4)]);
  expect(links?.entry).toBe(links?.exit);
  // A link that was asked for is no link that one may be asked on.
  expect(solo.asker.driverLinks(EPOCH, [seatOf(driver, 0, 4)])).toBeUndefined();
});

test('an epoch that ended has neither links nor a ticket to make new ones with', async () => {
  const { driver, entry, exit, seats } = await openThree();
  await link(driver, entry);
  await link(driver, exit);
  driver.asker.closeEpoch(EPOCH);
  expect(driver.asker.driverLinks(EPOCH, seats)).toBeUndefined();
  await vi.waitFor(() => expect([entry.closed.length, exit.closed.length]).toEqual([1, 1]));
  expect(driver.closed.map(({ peer }) => peer)).toEqual([IDENTITY_A.peer, IDENTITY_B.peer]);
  await expect(link(driver, entry)).rejects.toMatchObject({ code: 'ticket-refused' });
});

test('one end that breaks takes the pair away, and a new link to it gives it back', async () => {
  const { driver, entry, exit, seats } = await openThree();
  await link(driver, entry);
  await link(driver, exit);
  entry.asker.links.closeEpoch(EPOCH);
  await expect.poll(() => driver.asker.driverLinks(EPOCH, seats)).toBeUndefined();
  expect(driver.closed.map(({ peer }) => peer)).toEqual([IDENTITY_A.peer]);
  await link(driver, entry);
  expect(driver.asker.driverLinks(EPOCH, seats)?.entry.closed).toBe(false);
});

test('a driver reaches no stage between entry and exit', async () => {
  const driver = open(await newIdentity(), { role: 'driver', start: 0, end: 0 });
  const middle = open(IDENTITY_A, { start: 1, end: 3 });
  await expect(link(driver, middle)).rejects.toMatchObject({
    code: expect.stringMatching(/^(ticket-refused|link-failed)$/),
  });
  expect(driver.asker.driverLinks(EPOCH, [seatOf(middle, 1, 3)])).toBeUndefined();
});
