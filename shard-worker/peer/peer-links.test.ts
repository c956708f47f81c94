import { expect, test } from 'vitest';
import type { ClientMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { BrokeredChannel } from '../host/host.ts';
import { TestBroker } from '../host/test-broker.ts';
import { settle } from '../host/test-clock.ts';
import { TestSentinel } from '../host/test-sentinel.ts';
import { TestWorker, type WorkerScript } from '../host/test-worker.ts';
import { PeerLinks, type PeerLinksOptions } from './peer-links.ts';
import { POOL, peerOf } from './test-pool.ts';

const [A, B] = [peerOf('a'), peerOf('b')];

function makeLinks(script: WorkerScript = {}, options: Partial<PeerLinksOptions> = {}) {
  const worker = new TestWorker(script);
  const unreachable = new Set<PeerId>();
  const onChannel = (channel: BrokeredChannel) => links.take(channel);
  const broker = new TestBroker(
    { self: A, origin: '', iceServers: [], token: '', onChannel },
    { isBrokerUp: true, unreachable },
  );
  const sentinel = new TestSentinel();
  const said: ClientMessage[] = [];
  const send = (message: ClientMessage) => void said.push(message);
  const wanted = new Set([5]);
  const broken: [number, PeerId][] = [];
  const links = new PeerLinks({
    ...{
      session: { worker, broker, sentinel, send },
      pool: POOL,
      onLate: () => {},
      tries: 2,
      lanes: 3,
      takesIncoming: true,
    },
    isWanted: (epoch) => wanted.has(epoch),
    onBroken: (epoch, peer) => broken.push([epoch, peer]),
    ...options,
  });
  const lose = (id: number) => {
    const { epoch, peer, direction, lane } = broker.channels[id - 1]!;
    worker.tell('link-closed', { id, epoch, peer, direction, lane });
  };
  return { links, worker, broker, unreachable, wanted, broken, lose, sentinel, said };
}

test('a link is there when its worker has proved it', async () => {
  let prove = (): void => {};
  const proving = new Promise<void>((resolve) => {
    prove = resolve;
  });
  const { links, worker } = makeLinks({ 'add-link': () => proving });
  let isThere = false;
  const linking = links.connect(B, 5).then(() => {
    isThere = true;
  });
  await settle();
  expect([worker.given('add-link').length, isThere]).toEqual([1, false]);
  prove();
  await linking;
});

test.each([1, 2, 4])('of %i attempts each is made, and the last failure is told', async (tries) => {
  const { links, broker, unreachable } = makeLinks({}, { tries });
  unreachable.add(B);
  await expect(links.connect(B, 5)).rejects.toMatchObject({ code: 'link-failed' });
  expect(broker.asked).toHaveLength(tries);
});

test('a proof that fails is tried again, and is no link that broke', async () => {
  let attempts = 0;
  const refused = new PoolError('ticket-refused', 'Not yet.');
  const script: WorkerScript = {
    'add-link': () => {
      attempts++;
      if (attempts > 1) return undefined;
      // The worker tells of the closed link before the call ends.
      lose(1);
      return Promise.reject(refused);
    },
  };
  const { links, broker, broken, lose } = makeLinks(script);
  await links.connect(B, 5);
  expect([attempts, broken, broker.released]).toEqual([2, [], new Map([[1, 'unfit']])]);
  await expect(makeLinks({ 'add-link': () => Promise.reject(refused) }).links.connect(B, 5)).rejects.toBe(refused);
});

test('an epoch that is over is not tried again', async () => {
  const { links, broker, wanted, unreachable } = makeLinks();
  unreachable.add(B);
  const linking = links.connect(B, 5);
  wanted.delete(5);
  await expect(linking).rejects.toMatchObject({ code: 'cancelled' });
  expect(broker.asked).toHaveLength(1);
});

test('a proved link that breaks is told once; one of an epoch that is over is not', async () => {
  const { links, broker, broken, wanted, lose } = makeLinks();
  await links.connect(B, 5);
  await links.connect(A, 5);
  lose(1);
  lose(1);
  expect(broken).toEqual([[5, B]]);
  wanted.delete(5);
  lose(2);
  expect(broken).toHaveLength(1);
  // What broke carries nothing more.
  expect([...broker.released.values()]).toEqual(['unfit', 'fit']);
});

test('links that others asked for are taken and close in silence', async () => {
  const { worker, broker, broken, lose } = makeLinks();
  broker.make({ peer: B, epoch: 5, lane: 0, direction: 'in' });
  expect(worker.given('add-link')).toMatchObject([{ peer: B, direction: 'in' }]);
  lose(1);
  expect([broken, broker.released]).toEqual([[], new Map([[1, 'fit']])]);
});

test('who takes none closes them before the worker hears of them', () => {
  const { worker, broker } = makeLinks({}, { takesIncoming: false });
  broker.make({ peer: B, epoch: 5, lane: 0, direction: 'in' });
  expect([worker.calls, broker.closed]).toEqual([[], new Set([1])]);
});

test('an epoch’s links are ended together, none of them is told as broken, and their connections may carry others', async () => {
  const { links, broker, broken, lose, worker } = makeLinks();
  await links.connect(B, 5);
  await links.connect(A, 5);
  broker.make({ peer: A, epoch: 6, lane: 0, direction: 'in' });
  links.closeEpoch(5);
  links.closeEpoch(4);
  expect([...broker.released]).toEqual([
    [1, 'fit'],
    [2, 'fit'],
  ]);
  expect(worker.given('close-link')).toEqual([{ id: 1 }, { id: 2 }]);
  lose(1);
  expect([broken, broker.closed.size]).toEqual([[], 0]);
});

test('a long link gets lanes one after another, also when one of them does not come', async () => {
  const { links, worker, broker, unreachable, broken, lose } = makeLinks();
  await links.connect(B, 5);
  worker.tell('link-long', { epoch: 5, peer: B });
  worker.tell('link-long', { epoch: 6, peer: B });
  await settle();
  expect(broker.asked.map(({ lane }) => lane)).toEqual([0, 1, 2]);
  lose(2);
  expect([broken, broker.released]).toEqual([[], new Map([[2, 'unfit']])]);
  unreachable.add(B);
  worker.tell('link-long', { epoch: 5, peer: B });
  await settle();
  expect(broker.asked).toHaveLength(5);
});

test('a link of others counts as proved when the worker says so, and not when it has been taken', async () => {
  const { links, broker, sentinel, worker, said } = makeLinks();
  const channel = broker.make({ peer: B, epoch: 5, lane: 0, direction: 'in' });
  await settle();
  sentinel.tell(channel.id, 'late');
  expect([broker.proved.size, said]).toEqual([0, []]);
  worker.tell('link-proved', { id: channel.id });
  expect([[...broker.proved], said]).toEqual([[channel.id], [{ type: 'late', pool: POOL, peer: B }]]);
  links.closeEpoch(5);
});
