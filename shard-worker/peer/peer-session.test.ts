import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { serverIdOf } from '../../protocol/identity.ts';
import { checkPayout } from '../../protocol/payout.ts';
import { settle, startClock, stopClock, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import { PeerSession, type SessionHandlers } from './peer-session.ts';

beforeEach(stopClock);
afterEach(startClock);

/** A session and what it told its owner. */
function makeSession(host = new TestHost()) {
  const session = new PeerSession(host);
  const told: string[] = [];
  const handlers: SessionHandlers = {
    onWelcome: () => told.push('welcome'),
    onMessage: ({ type }) => told.push(type),
    onDown: ({ code }, isFinal) => told.push(`down ${code} ${isFinal}`),
    onChannel: ({ id }) => told.push(`channel ${id}`),
    onFail: (error) => told.push(`fail ${PoolError.from(error).code}`),
    vitals: () => ({ sessions: 3, tokens: 4 }),
  };
  return { host, session, told, handlers };
}

test('keeps an identity, gives the worker its keys, and is that peer to the server and the broker', async () => {
  const { host, session, told, handlers } = makeSession();
  const { self, config } = await session.open();
  expect(config.hubUrl).toBe('https://hub.example');
  await session.introduce();
  expect(host.worker.given('start-identity')).toEqual([{ keys: host.identities[0]!.keys }]);
  session.connect(handlers);
  expect(await host.welcome()).toBe(self);
  expect(told).toEqual(['welcome']);
  expect(host.worker.given('trust-server')).toEqual([{ orchestratorKey: 'BA', nowSeconds: 1000 }]);
  expect(host.broker.options).toMatchObject({ self, token: 'secret', origin: 'https://pool.example' });
  host.broker.make({ peer: self, epoch: 1, lane: 0, direction: 'in' });
  host.socket.say({ type: 'pools', pools: [] });
  expect(told).toEqual(['welcome', 'channel 1', 'pools']);
  session.beat();
  expect(host.socket.told('heartbeat').at(-1)).toMatchObject({ sessions: 3, tokens: 4 });
});

test('the server’s key is in the worker’s hands before its owner is told', async () => {
  const { host, session, handlers } = makeSession();
  await session.open();
  const calls: number[] = [];
  session.connect({ ...handlers, onWelcome: () => calls.push(host.worker.given('trust-server').length) });
  await host.welcome();
  expect(calls).toEqual([1]);
});

test('an address that it is paid at is signed for this server, by the server’s clock', async () => {
  const { host, session, handlers } = makeSession();
  const { self } = await session.open();
  const address = `0x${'AB'.repeat(20)}`;
  session.connect(handlers);
  await expect(session.signPayout(address), 'no server yet').rejects.toMatchObject({ code: 'internal' });
  await host.welcome();
  const signed = await session.signPayout(address);
  expect(signed).toMatchObject({ peer: self, server: await serverIdOf('BA') });
  // The welcome said that it is a thousand seconds past 1970.
  expect(signed.at).toBeGreaterThanOrEqual(1_000_000);
  expect(signed.at).toBeLessThan(2_000_000);
  expect(await checkPayout(signed)).toBe(address.toLowerCase());
  await expect(session.signPayout('0x12')).rejects.toMatchObject({ code: 'bad-request' });
});

test('a reconnection keeps the broker and trusts the server anew', async () => {
  const { host, session, told, handlers } = makeSession();
  await session.open();
  session.connect(handlers);
  await host.welcome();
  host.socket.close();
  await vi.advanceTimersByTimeAsync(500);
  await host.welcome();
  expect(told).toEqual(['welcome', 'down link-failed false', 'welcome']);
  expect([host.brokers.length, host.worker.given('trust-server').length, host.identities.length]).toEqual([1, 2, 1]);
});

test('a worker that does not take the key is told', async () => {
  const host = new TestHost({ 'trust-server': () => Promise.reject(new PoolError('not-authentic', 'No.')) });
  const { session, told, handlers } = makeSession(host);
  await session.open();
  session.connect(handlers);
  await host.welcome();
  await settle();
  expect(told).toContain('fail not-authentic');
});

test('used before its time it says so', () => {
  const { session, handlers } = makeSession();
  expect(() => session.broker).toThrow(expect.objectContaining({ code: 'internal' }));
  expect(() => session.connect(handlers)).toThrow(expect.objectContaining({ code: 'internal' }));
  // Nobody is there to hear it.
  session.send({ type: 'leave' });
  session.beat();
});

test('closed while it opens: the identity is given back, and nobody is connected to', async () => {
  const { host, session, handlers } = makeSession();
  const opening = session.open();
  session.close();
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  expect(host.released).toBe(1);
  session.connect(handlers);
  expect(host.sockets).toEqual([]);
});

test('a site that is down costs no identity', async () => {
  const host = new TestHost();
  host.isSiteUp = false;
  const { session } = makeSession(host);
  await expect(session.open()).rejects.toMatchObject({ code: 'link-failed' });
  session.close();
  await until(() => host.released === host.identities.length && host.released === 1);
});

test('what the page has heard of the site is not asked for again', async () => {
  const { config } = await makeSession().session.open();
  const host = new TestHost();
  host.isSiteUp = false;
  const { session } = makeSession(host);
  expect((await session.open(config)).config).toBe(config);
  session.close();
});

test('closed once, and again', async () => {
  const { host, session, told, handlers } = makeSession();
  await session.open();
  session.connect(handlers);
  await host.welcome();
  session.close();
  session.close();
  expect(host.socket.told('leave')).toHaveLength(1);
  expect([host.broker.isClosed, host.worker.isTerminated, host.released]).toEqual([true, true, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['welcome']);
});
