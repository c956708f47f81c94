// The table with real message ports in place of bridged data channels: two workers, one link between them.
import { afterEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import type { ChannelLink } from '../links/channel-link.ts';
import { LinkTable } from './link-table.ts';
import type { LinkOffer } from './worker-api.ts';

const EPOCH = 5;
const TICKET = '00112233445566778899aabbccddeeff';
const [A, B] = ['a', 'b'].map((digit) => digit.repeat(32)) as [PeerId, PeerId];

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function makeTable(tickets: Map<number, string>) {
  const closed: LinkOffer[] = [];
  const ready: ChannelLink[] = [];
  const table = new LinkTable({
    ticketOf: (epoch) => tickets.get(epoch),
    onReady: (link) => ready.push(link),
    onClosed: (offer) => closed.push(offer),
  });
  return { table, closed, ready };
}

/** What the pages between two workers do: pump bytes, and say `null` to both when either side closes. */
function bridge(): [MessagePort, MessagePort] {
  const [left, right] = [new MessageChannel(), new MessageChannel()];
  ports.push(left.port1, left.port2, right.port1, right.port2);
  let isOpen = true;
  for (const [from, to] of [
    [left.port2, right.port2],
    [right.port2, left.port2],
  ] as const) {
    from.addEventListener('message', (event: MessageEvent) => {
      if (!isOpen) return;
      to.postMessage(event.data);
      if (event.data !== null) return;
      isOpen = false;
      from.postMessage(null);
    });
    from.start();
  }
  return [left.port1, right.port1];
}

function makeEnds(ticketsAtB = new Map([[EPOCH, TICKET]])) {
  const a = makeTable(new Map());
  const b = makeTable(ticketsAtB);
  async function link(ticket = TICKET): Promise<void> {
    const [portA, portB] = bridge();
    await b.table.add({ peer: A, epoch: EPOCH, direction: 'in', port: portB });
    await a.table.add({ peer: B, epoch: EPOCH, direction: 'out', ticket, port: portA });
  }
  return { a, b, link };
}

test('a link is proved and found at both ends', async () => {
  const { a, b, link } = makeEnds();
  await link();
  const [out, into] = [a.table.get(EPOCH, 'out', B), b.table.get(EPOCH, 'in', A)];
  expect([out?.speaks(EPOCH), into?.speaks(EPOCH)]).toEqual([true, true]);
  expect(a.table.get(EPOCH, 'in', B)).toBeUndefined();
  expect(a.table.get(EPOCH + 1, 'out', B)).toBeUndefined();
  const frames: Uint8Array[] = [];
  into!.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
  out!.send(Uint8Array.from({ length: 40_000 }, (_, at) => at % 256));
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  expect(frames[0]!.byteLength).toBe(40_000);
  expect(a.table.traffic().bytesOut).toBeGreaterThan(40_000);
  expect(b.table.traffic().bytesIn).toBeGreaterThan(40_000);
});

test('a wrong ticket is refused and both ends hear of the close', async () => {
  const { a, b, link } = makeEnds();
  await expect(link('f'.repeat(32))).rejects.toMatchObject({ code: 'link-failed' });
  await vi.waitFor(() => expect([a.closed.length, b.closed.length]).toEqual([1, 1]));
  expect(a.table.get(EPOCH, 'out', B)).toBeUndefined();
  expect(b.table.get(EPOCH, 'in', A)).toBeUndefined();
});

test('a ticket of another epoch than the channel was made for opens nothing', async () => {
  const tickets = new Map([[EPOCH + 1, TICKET]]);
  const { b, link } = makeEnds(tickets);
  const proved = link();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(b.table.get(EPOCH, 'in', A)?.speaks(EPOCH + 1)).toBe(false);
  // Word of the epoch comes late: then it is proved.
  tickets.set(EPOCH, TICKET);
  await proved;
});

test('closing an epoch closes its links and no others', async () => {
  const { a, b, link } = makeEnds();
  await link();
  const [portC] = bridge();
  await a.table.add({ peer: B, epoch: EPOCH + 1, direction: 'in', port: portC });
  a.table.closeEpoch(EPOCH);
  await vi.waitFor(() => expect(b.closed).toHaveLength(1));
  expect(a.table.get(EPOCH, 'out', B)).toBeUndefined();
  expect(a.table.get(EPOCH + 1, 'in', B)?.closed).toBe(false);
});

test('a newer link takes the place of an older one, and the older one’s end is not told as the newer one’s', async () => {
  const { b, link } = makeEnds();
  await link();
  const first = b.table.get(EPOCH, 'in', A)!;
  await link();
  const second = b.table.get(EPOCH, 'in', A)!;
  expect(second).not.toBe(first);
  await vi.waitFor(() => expect(first.closed).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(second.closed).toBe(false);
  expect(b.closed).toEqual([]);
});

test('a peer that sends nothing readable is cut off', async () => {
  const { b } = makeEnds();
  const [portA, portB] = bridge();
  await b.table.add({ peer: A, epoch: EPOCH, direction: 'in', port: portB });
  for (let count = 0; count < 19; count++) portA.postMessage(Uint8Array.of(1, 2, 3).buffer);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(b.table.get(EPOCH, 'in', A)?.closed).toBe(false);
  portA.postMessage(Uint8Array.of(1, 2, 3).buffer);
  await vi.waitFor(() => expect(b.closed).toHaveLength(1));
});

test('a link without channel is a mistake of the caller', async () => {
  const { a } = makeEnds();
  await expect(a.table.add({ peer: B, epoch: EPOCH, direction: 'in' })).rejects.toMatchObject({ code: 'internal' });
});
