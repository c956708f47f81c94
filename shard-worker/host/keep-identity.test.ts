// Node has neither IndexedDB nor Web Locks: fakes of the two, as far as an identity needs them. A browser's own are in the
// browser tests.
import { expect, test, vi } from 'vitest';
import { identityOf } from '../../protocol/identity.ts';
import type { KeptIdentity } from './host.ts';
import { type IdentityBrowser, keepIdentity } from './keep-identity.ts';
import { FakeIndexedDb } from './test-indexed-db.ts';

type Held = (lock: Lock | null) => unknown;

/** One browser's locks: shared by its tabs. */
class FakeLocks {
  readonly held = new Set<string>();
  request = async (name: string, _options: LockOptions, callback: Held): Promise<unknown> => {
    if (this.held.has(name)) return callback(null);
    this.held.add(name);
    try {
      return await callback({ name, mode: 'exclusive' } as Lock);
    } finally {
      this.held.delete(name);
    }
  };
}

const browserOf = (locks: FakeLocks, indexedDB: FakeIndexedDb): IdentityBrowser =>
  ({ locks, indexedDB }) as unknown as IdentityBrowser;
const makeBrowser = () => browserOf(new FakeLocks(), new FakeIndexedDb());
const peerOf = async ({ keys }: KeptIdentity) => (await identityOf(keys)).peer;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a tab that is opened again is the same peer, and the broker’s secret is the same', async () => {
  const browser = makeBrowser();
  const first = await keepIdentity(browser);
  first.release();
  await turn();
  const second = await keepIdentity(browser);
  expect(await peerOf(second)).toBe(await peerOf(first));
  expect(second.keys.privateKey.extractable).toBe(false);
});

test('tabs that are open together are different peers; a place that gets free is taken again', async () => {
  const browser = makeBrowser();
  const tabs = [await keepIdentity(browser), await keepIdentity(browser), await keepIdentity(browser)];
  const peers = await Promise.all(tabs.map(peerOf));
  expect(new Set(peers).size).toBe(3);
  tabs[1]!.release();
  await turn();
  expect(await peerOf(await keepIdentity(browser))).toBe(peers[1]);
});

test('two tabs that open at the same moment are different peers', async () => {
  const browser = makeBrowser();
  const [one, other] = await Promise.all([keepIdentity(browser), keepIdentity(browser)]);
  expect(await peerOf(one!)).not.toBe(await peerOf(other!));
});

const throwing = (): never => {
  throw new DOMException('Not in a private window.', 'SecurityError');
};

test.each<[string, () => Partial<IdentityBrowser> & object]>([
  ['without IndexedDB', () => ({ indexedDB: undefined })],
  ['without locks', () => ({ locks: undefined })],
  ['whose IndexedDB throws', () => ({ indexedDB: { open: throwing } })],
  ['whose locks throw', () => ({ locks: { request: throwing } as never })],
  ['whose locks reject', () => ({ locks: { request: async () => throwing() } as never })],
])('a browser %s gives fresh keys each time', async (_what, change) => {
  const browser = { ...makeBrowser(), ...change() };
  const [first, second] = [await keepIdentity(browser), await keepIdentity(browser)];
  expect(await peerOf(first)).not.toBe(await peerOf(second));
  first.release();
});

test('a database that never answers is not waited for, and its lock is given back', async () => {
  vi.useFakeTimers();
  try {
    const locks = new FakeLocks();
    const silent = { open: () => ({}) };
    const keeping = keepIdentity({ locks, indexedDB: silent } as unknown as IdentityBrowser);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(await peerOf(await keeping)).toMatch(/^[0-9a-f]{32}$/);
    expect(locks.held.size).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('what is no pair of keys in the database is replaced', async () => {
  const database = new FakeIndexedDb();
  database.values.set('peer-0', { keys: { privateKey: 'x' } });
  const browser = browserOf(new FakeLocks(), database);
  const first = await keepIdentity(browser);
  first.release();
  await turn();
  expect(await peerOf(await keepIdentity(browser))).toBe(await peerOf(first));
});
