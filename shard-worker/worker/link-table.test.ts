// The table with real message ports in place of bridged data channels: two workers, one link between them.
import { afterEach, expect, test, vi } from 'vitest';
import type { Identity } from '../../protocol/identity.ts';
import type { ChannelLink } from '../links/channel-link.ts';
import { type Bridge, makeBridge } from '../links/port-bridge.ts';
import { IDENTITY_A, IDENTITY_B, newIdentity, ORCHESTRATOR, ticketOf } from '../links/proved-pair.ts';
import { LinkTable } from './link-table.ts';
import type { ClosedLink } from './worker-api.ts';

const EPOCH = 5;
/** a holds layers 0 to 2 of 4, b the rest. */
const ticketA = (epoch = EPOCH, fields = {}) => ticketOf(IDENTITY_A, { epoch, end: 2, ...fields });
const ticketB = (epoch = EPOCH, fields = {}) => ticketOf(IDENTITY_B, { epoch, start: 2, ...fields });
const [A, B] = [IDENTITY_A.peer, IDENTITY_B.peer];
const FINGERPRINTS = { local: 'a'.repeat(64), remote: 'b'.repeat(64) };
const MIRRORED = { local: FINGERPRINTS.remote, remote: FINGERPRINTS.local };

const bridges: Bridge[] = [];
const tables: LinkTable[] = [];
afterEach(() => {
  for (const table of tables.splice(0)) for (const epoch of [EPOCH, EPOCH + 1]) table.closeEpoch(epoch);
  for (const made of bridges.splice(0)) made.close();
});

function makeTable(identity: Identity, tickets: Map<number, string>) {
  const closed: ClosedLink[] = [];
  const ready: ChannelLink[] = [];
  const shown: number[] = [];
  const table = new LinkTable({
    identity: () => identity,
    trust: { orchestratorKey: () => ORCHESTRATOR.publicKey },
    ticketOf: (epoch) => tickets.get(epoch),
    onReady: (link) => ready.push(link),
    onProved: (id) => shown.push(id),
    onClosed: (offer) => closed.push(offer),
    onLong: () => {},
  });
  tables.push(table);
  return { table, closed, ready, shown };
}

function bridge(): [MessagePort, MessagePort] {
  const made = makeBridge();
  bridges.push(made);
  return made.ends;
}

function makeEnds(ticketsAtB = new Map([[EPOCH, ticketB()]]), ticketsAtA = new Map([[EPOCH, ticketA()]])) {
  const a = makeTable(IDENTITY_A, ticketsAtA);
  const b = makeTable(IDENTITY_B, ticketsAtB);
  let count = 0;
  async function link(): Promise<void> {
    const [portA, portB] = bridge();
    const id = ++count;
    await b.table.add({ id, peer: A, epoch: EPOCH, direction: 'in', lane: 0, fingerprints: MIRRORED, port: portB });
    await a.table.add({
      id,
      peer: B,
      epoch: EPOCH,
      direction: 'out',
      lane: 0,
      fingerprints: FINGERPRINTS,
      port: portA,
    });
  }
  /** Resolves when b has found a's proof right: a is done with its part a moment earlier. */
  async function proved(): Promise<ChannelLink> {
    await link();
    const before = b.ready.at(-1)!;
    await vi.waitFor(() => expect(b.table.get(EPOCH, 'in', A)).toBe(before));
    return before;
  }
  return { a, b, link, proved };
}

test('a link is proved and found at both ends', async () => {
  const { a, b, proved } = makeEnds();
  const into = await proved();
  expect([a.shown, b.shown]).toEqual([[1], [1]]);
  const out = a.table.get(EPOCH, 'out', B);
  expect([out?.speaks(EPOCH), into.speaks(EPOCH)]).toEqual([true, true]);
  expect(a.table.get(EPOCH, 'in', B)).toBeUndefined();
  expect(a.table.get(EPOCH + 1, 'out', B)).toBeUndefined();
  const frames: Uint8Array[] = [];
  into.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
  out!.send(Uint8Array.from({ length: 40_000 }, (_, at) => at % 256));
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  expect(frames[0]!.byteLength).toBe(40_000);
  expect(a.table.traffic().bytesOut).toBeGreaterThan(40_000);
  expect(b.table.traffic().bytesIn).toBeGreaterThan(40_000);
});

test('frames sent right behind the proof come through the bridge in order', async () => {
  const { a, b, link } = makeEnds();
  await link();
  const frames: Uint8Array[] = [];
  b.ready[0]!.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
  for (let at = 0; at < 30; at++) a.table.get(EPOCH, 'out', B)!.send(Uint8Array.of(at));
  await vi.waitFor(() => expect(frames).toHaveLength(30));
  expect(frames.map(([first]) => first)).toEqual(Array.from({ length: 30 }, (_, at) => at));
});

test('a wrong ticket is refused and both ends hear of the close', async () => {
  const { a, b, link } = makeEnds(undefined, new Map([[EPOCH, ticketA(EPOCH, { start: 1, end: 3 })]]));
  await expect(link()).rejects.toMatchObject({ code: 'link-failed' });
  // Told before the caller hears why: it may try again at once.
  expect(a.closed.map(({ id }) => id)).toEqual([1]);
  expect([a.shown, b.shown], 'nobody has shown anything').toEqual([[], []]);
  await vi.waitFor(() => expect(b.closed.map(({ id }) => id)).toEqual([1]));
  expect(a.table.get(EPOCH, 'out', B)).toBeUndefined();
  expect(b.table.get(EPOCH, 'in', A)).toBeUndefined();
});

test('a link is found only when it is proved, though word of the epoch comes late', async () => {
  const tickets = new Map([[EPOCH + 1, ticketB(EPOCH + 1)]]);
  const { a, b, link } = makeEnds(tickets);
  const linked = link();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect([a.table.get(EPOCH, 'out', B), b.table.get(EPOCH, 'in', A)]).toEqual([undefined, undefined]);
  expect(b.ready.map((waiting) => waiting.speaks(EPOCH + 1))).toEqual([false]);
  tickets.set(EPOCH, ticketB());
  await linked;
  await vi.waitFor(() => expect(b.table.get(EPOCH, 'in', A)).toBe(b.ready[0]));
});

test('closing an epoch closes its links, proved or not, and no others', async () => {
  const { a, b, proved } = makeEnds();
  await proved();
  const [portC, portD] = [bridge()[0], bridge()[0]];
  const offer = { peer: B, direction: 'in', lane: 0, fingerprints: FINGERPRINTS } as const;
  await a.table.add({ ...offer, id: 2, epoch: EPOCH + 1, port: portC });
  await a.table.add({ ...offer, id: 3, epoch: EPOCH, port: portD });
  a.table.closeEpoch(EPOCH);
  await vi.waitFor(() => expect(b.closed).toHaveLength(1));
  expect(a.table.get(EPOCH, 'out', B)).toBeUndefined();
  expect(a.closed.map(({ id }) => id)).toEqual([1, 3]);
  expect(a.ready.map(({ closed }) => closed)).toEqual([true, false, true]);
});

test('a newer link takes the place of an older one once it is proved, and the older one’s end is told as its own', async () => {
  const { b, proved } = makeEnds();
  const first = await proved();
  const second = await proved();
  expect(second).not.toBe(first);
  await vi.waitFor(() => expect(first.closed).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(second.closed).toBe(false);
  expect(b.table.get(EPOCH, 'in', A)).toBe(second);
  expect(b.closed.map(({ id }) => id)).toEqual([1]);
});

test('who connects under a peer’s name and cannot prove it does not push that peer out', async () => {
  const { b, proved } = makeEnds();
  const honest = await proved();
  const squatter = makeTable({ ...(await newIdentity()), peer: A }, new Map([[EPOCH, ticketA()]]));
  const [portA, portB] = bridge();
  await b.table.add({ id: 2, peer: A, epoch: EPOCH, direction: 'in', lane: 0, fingerprints: MIRRORED, port: portB });
  expect(b.table.get(EPOCH, 'in', A)).toBe(honest);
  const offer = { id: 2, peer: B, epoch: EPOCH, direction: 'out', lane: 0, fingerprints: FINGERPRINTS } as const;
  await expect(squatter.table.add({ ...offer, port: portA })).rejects.toMatchObject({ code: 'link-failed' });
  await vi.waitFor(() => expect(b.closed.map(({ id }) => id)).toEqual([2]));
  expect(b.table.get(EPOCH, 'in', A)).toBe(honest);
  expect(honest.closed).toBe(false);
});

test('a peer that sends nothing readable is cut off', async () => {
  const { b } = makeEnds();
  const [portA, portB] = bridge();
  await b.table.add({ id: 1, peer: A, epoch: EPOCH, direction: 'in', lane: 0, fingerprints: MIRRORED, port: portB });
  for (let count = 0; count < 19; count++) portA.postMessage(Uint8Array.of(1, 2, 3).buffer);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(b.ready[0]!.closed).toBe(false);
  portA.postMessage(Uint8Array.of(1, 2, 3).buffer);
  await vi.waitFor(() => expect(b.closed).toHaveLength(1));
});

test('who is refused is counted, by why', async () => {
  const { a, b, link } = makeEnds();
  const identity = await newIdentity();
  // A replayed ticket: it is a's.
  const stranger = makeTable(identity, new Map([[EPOCH, ticketA()]]));
  for (const id of [1, 2]) {
    const [portA, portB] = bridge();
    const from = { id, peer: identity.peer, epoch: EPOCH, fingerprints: MIRRORED } as const;
    await b.table.add({ ...from, direction: 'in', lane: 0, port: portB });
    const to = { id, peer: B, epoch: EPOCH, direction: 'out', lane: 0, fingerprints: FINGERPRINTS } as const;
    await expect(stranger.table.add({ ...to, port: portA })).rejects.toMatchObject({ code: 'link-failed' });
  }
  expect(b.table.refusals).toEqual({ 'ticket-refused': 2 });
  expect(b.ready.map(({ closed }) => closed)).toEqual([true, true]);
  await link();
  expect([a.table.refusals, b.table.refusals]).toEqual([{}, { 'ticket-refused': 2 }]);
});

test('round trips are told of proved links, and links that this side asked for are listed', async () => {
  const { a, b, proved } = makeEnds();
  expect([a.table.rtts(), a.table.outgoing(EPOCH)]).toEqual([[], []]);
  await proved();
  await vi.waitFor(() => expect(a.table.rtts()).toEqual([{ peer: B, ms: expect.any(Number) }]));
  expect(a.table.rtts()[0]!.ms).toBeGreaterThan(0);
  expect(a.table.outgoing(EPOCH).map(({ standing }) => standing?.far.start)).toEqual([2]);
  expect([a.table.outgoing(EPOCH + 1), b.table.outgoing(EPOCH)]).toEqual([[], []]);
});

test('a link without channel is a mistake of the caller', async () => {
  const { a } = makeEnds();
  const offer = { id: 1, peer: B, epoch: EPOCH, direction: 'in', lane: 0, fingerprints: FINGERPRINTS } as const;
  await expect(a.table.add(offer)).rejects.toMatchObject({ code: 'internal' });
});
