import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { DIRECT } from './link-shape.ts';
import { Relay } from './relay.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function socketAt(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  open.push(socket);
  return socket;
}

function relayOf(): Relay {
  const relay = new Relay(1);
  open.push(relay);
  return relay;
}

const received = async (socket: Socket) => {
  const [bytes, from] = await once(socket, 'message');
  return { text: String(bytes), port: from.port as number };
};

test('a packet crosses, and its answer goes back the same way', async () => {
  const [alice, bob, relay] = [await socketAt(), await socketAt(), relayOf()];
  relay.reshape({ ...DIRECT, delayMs: 20 });
  const port = await relay.open({ host: '127.0.0.1', port: bob.address().port }, 'a>b');
  const startMs = performance.now();
  alice.send('question', port, '127.0.0.1');
  const { text, port: back } = await received(bob);
  expect(text).toBe('question');
  // Bob does not see Alice herself.
  expect(back).not.toBe(alice.address().port);
  bob.send('answer', back, '127.0.0.1');
  expect(await received(alice)).toEqual({ text: 'answer', port });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(40);
  const { delay, ...counts } = relay.stats();
  expect(counts).toEqual({ received: 2, sent: 2, dropped: 0, bytes: 14 });
  expect(delay.p50Ms).toBeGreaterThanOrEqual(20);
});

test('two who send to one are told apart by where they seem to come from', async () => {
  const [alice, carol, bob, relay] = [await socketAt(), await socketAt(), await socketAt(), relayOf()];
  const target = { host: '127.0.0.1', port: bob.address().port };
  const port = await relay.open(target, 'x>b');
  expect(await relay.open(target, 'x>b')).toBe(port);
  expect(await relay.open(target, 'y>b')).not.toBe(port);
  alice.send('a', port, '127.0.0.1');
  const first = await received(bob);
  carol.send('c', port, '127.0.0.1');
  const second = await received(bob);
  expect(second.port).not.toBe(first.port);
  bob.send('to carol', second.port, '127.0.0.1');
  expect((await received(carol)).text).toBe('to carol');
});

test('a link may be cut while another goes on, and counts begin anew', async () => {
  const [alice, bob, relay] = [await socketAt(), await socketAt(), relayOf()];
  const target = { host: '127.0.0.1', port: bob.address().port };
  const [cut, whole] = [await relay.open(target, 'cut'), await relay.open(target, 'whole')];
  relay.reshape({ ...DIRECT, lossRate: 1 }, 'cut');
  alice.send('lost', cut, '127.0.0.1');
  alice.send('found', whole, '127.0.0.1');
  expect((await received(bob)).text).toBe('found');
  expect(relay.stats()).toMatchObject({ received: 2, sent: 1, dropped: 1 });
  relay.reset();
  expect(relay.stats()).toMatchObject({ received: 0, sent: 0, dropped: 0, bytes: 0 });
});

test('packets of one flow arrive in order under jitter', async () => {
  const [alice, bob, relay] = [await socketAt(), await socketAt(), relayOf()];
  relay.reshape({ ...DIRECT, delayMs: 3, jitterMs: 6 });
  const port = await relay.open({ host: '127.0.0.1', port: bob.address().port }, 'a>b');
  const got: number[] = [];
  const all = new Promise<void>((resolve) => {
    bob.on('message', (bytes) => {
      got.push(Number(bytes));
      if (got.length === 50) resolve();
    });
  });
  for (let at = 0; at < 50; at++) alice.send(String(at), port, '127.0.0.1');
  await all;
  expect(got).toEqual(Array.from({ length: 50 }, (_, at) => at));
});
