// Offers come to the roster with what the server read of their model, whatever the tab says; one address fills no table.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Asker } from '../admission/turn-line.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { ReadOffers } from './read-offers.ts';

const peerOf = (index: number) => index.toString(16).padStart(32, '0') as PeerId;
const poolOf = (name: string | number) => poolIdOf({ repo: `a/r${name}`, revision: 'main', dtype: 'q4' });
const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;
const MANIFEST = manifestOf();
const LIE = manifestOf({ layerBytes: [1e12, 1e12, 1e12, 1e12] });
const offerOf = (pool: PoolId, manifest: ModelManifest = MANIFEST) =>
  ({ type: 'offer', pool, manifest, capability }) as const;

let readings: { pool: PoolId; asker: Asker; resolve(manifest: ModelManifest): void; reject(error: PoolError): void }[];
let known: Map<PoolId, ModelManifest>;
let kept: Set<PoolId>;
/** What the roster holds. */
let lent: Map<PeerId, PoolId>;
const take = vi.fn<(peer: PeerId, offer: { pool: PoolId }) => void>();
const refuse = vi.fn<(peer: PeerId, error: PoolError) => void>();
const admit = vi.fn<() => Promise<void> | undefined>();
let offers: ReadOffers;
beforeEach(() => {
  readings = [];
  known = new Map();
  kept = new Set();
  lent = new Map();
  take.mockReset().mockImplementation((peer, { pool }) => void lent.set(peer, pool));
  refuse.mockReset();
  admit.mockReset();
  const read = (pool: PoolId, asker: Asker) =>
    new Promise<ModelManifest>((resolve, reject) => void readings.push({ pool, asker, resolve, reject }));
  const manifests = { find: (pool: PoolId) => known.get(pool), read };
  const lentTo = (peer: PeerId) => lent.get(peer);
  offers = new ReadOffers({ manifests, isKept: (pool) => kept.has(pool), admit, take, refuse, lentTo });
});
const settled = () => new Promise((resolve) => setImmediate(resolve));
const refusals = () => refuse.mock.calls.map(([peer, { code }]) => [peer, code]);

test('G2, C2: what the first tab says of a model decides nothing: the server reads it itself', async () => {
  const offer = offerOf(poolOf(1), LIE);
  offers.offered(peerOf(1), '10.0.0.1', offer);
  expect(take).not.toHaveBeenCalled();
  readings[0]!.resolve(MANIFEST);
  await settled();
  expect(take.mock.calls).toEqual([[peerOf(1), offer, MANIFEST]]);
});

test('G14: a reading has the turn of the tab’s address', () => {
  offers.offered(peerOf(1), '2001:db8::7', offerOf(poolOf(1)));
  expect(readings[0]!.asker).toEqual({ address: '2001:db8:0:0::/64', owner: peerOf(1) });
});

test('a model that is known needs no reading', () => {
  known.set(poolOf(1), MANIFEST);
  const offer = offerOf(poolOf(1));
  offers.offered(peerOf(1), '10.0.0.1', offer);
  expect(take.mock.calls).toEqual([[peerOf(1), offer, MANIFEST]]);
  expect(readings).toEqual([]);
});

test('a tab that offers another pool meanwhile, or leaves, is not taken for the first', async () => {
  offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(1)));
  offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(2)));
  offers.offered(peerOf(2), '10.0.0.1', offerOf(poolOf(1)));
  offers.left(peerOf(2));
  for (const { resolve } of readings) resolve(MANIFEST);
  await settled();
  expect(take.mock.calls.map(([peer, { pool }]) => [peer, pool])).toEqual([[peerOf(1), poolOf(2)]]);
  expect(refuse).not.toHaveBeenCalled();
});

test('a model that cannot be read is told to who offered it', async () => {
  offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(1)));
  readings[0]!.reject(new PoolError('model-not-found', 'It is not there.'));
  await settled();
  expect(refusals()).toEqual([[peerOf(1), 'model-not-found']]);
});

describe('a pool that not everybody may serve in', () => {
  const gate = () => {
    const gates: { resolve(): void; reject(error: PoolError): void }[] = [];
    admit.mockImplementation(() => new Promise<void>((resolve, reject) => void gates.push({ resolve, reject })));
    return gates;
  };
  const refusal = new PoolError('payout-required', 'No address.');

  test('takes a tab when it may, and reads no model before', async () => {
    const gates = gate();
    const offer = offerOf(poolOf(1));
    offers.offered(peerOf(1), '10.0.0.1', offer);
    expect([take.mock.calls.length, readings.length]).toEqual([0, 0]);
    gates[0]!.resolve();
    await settled();
    readings[0]!.resolve(MANIFEST);
    await settled();
    expect(take.mock.calls).toEqual([[peerOf(1), offer, MANIFEST]]);
  });

  test('refuses a tab that may not, also where its model is known', async () => {
    const gates = gate();
    known.set(poolOf(1), MANIFEST);
    offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(1)));
    gates[0]!.reject(refusal);
    await settled();
    expect(refusals()).toEqual([[peerOf(1), 'payout-required']]);
    expect([take.mock.calls.length, readings.length]).toEqual([0, 0]);
  });

  test('hears the latest offer of a tab alone, and none of one that left', async () => {
    const gates = gate();
    known.set(poolOf(1), MANIFEST);
    offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(1)));
    offers.offered(peerOf(1), '10.0.0.1', offerOf(poolOf(1)));
    offers.offered(peerOf(2), '10.0.0.1', offerOf(poolOf(1)));
    offers.left(peerOf(2));
    gates[0]!.reject(refusal);
    gates[2]!.resolve();
    await settled();
    expect([take.mock.calls.length, refuse.mock.calls.length]).toEqual([0, 0]);
    gates[1]!.resolve();
    await settled();
    expect(take.mock.calls.map(([peer]) => peer)).toEqual([peerOf(1)]);
  });

  test('looks at many tabs of an address at once: they wait for no reading', async () => {
    const gates = gate();
    known.set(poolOf(1), MANIFEST);
    for (let index = 0; index < 9; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(1)));
    for (const { resolve } of gates) resolve();
    await settled();
    expect([take.mock.calls.length, refuse.mock.calls.length]).toEqual([9, 0]);
  });
});

describe('G12: an address', () => {
  test('has few readings under way, and others are read beside them', () => {
    for (let index = 0; index < 5; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(index)));
    expect(refusals()).toEqual([[peerOf(4), 'rate-limited']]);
    offers.offered(peerOf(9), '10.0.0.2', offerOf(poolOf(9)));
    expect(readings).toHaveLength(5);
  });

  test('lends half of a pool’s tabs, and others the rest', () => {
    known.set(poolOf(1), MANIFEST);
    for (let index = 0; index < 129; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(1)));
    expect(refusals()).toEqual([[peerOf(128), 'rate-limited']]);
    offers.offered(peerOf(200), '10.0.0.2', offerOf(poolOf(1)));
    expect(take).toHaveBeenCalledTimes(129);
  });

  test('opens few pools, but lends to those that are kept', async () => {
    for (let index = 0; index < 30; index += 1) known.set(poolOf(index), MANIFEST);
    kept.add(poolOf(25));
    for (let index = 0; index < 21; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(index)));
    expect(refusals()).toEqual([[peerOf(20), 'rate-limited']]);
    offers.offered(peerOf(21), '10.0.0.1', offerOf(poolOf(25)));
    offers.offered(peerOf(22), '10.0.0.1', offerOf(poolOf(3)));
    offers.offered(peerOf(23), '10.0.0.2', offerOf(poolOf(26)));
    expect(take).toHaveBeenCalledTimes(23);
    offers.left(peerOf(7));
    lent.delete(peerOf(7));
    offers.offered(peerOf(24), '10.0.0.1', offerOf(poolOf(27)));
    expect(take).toHaveBeenCalledTimes(24);
  });

  /** Offers a model that cannot be read, beside the pool that the roster has it in. */
  const failWith = async (peer: PeerId): Promise<void> => {
    offers.offered(peer, '10.0.0.1', offerOf(poolOf('lost')));
    readings.pop()?.reject(new PoolError('model-not-found', 'It is not there.'));
    await settled();
  };

  test('is counted with tabs whose next offer came to nothing: the roster has them still', async () => {
    known.set(poolOf(1), MANIFEST);
    for (let index = 0; index < 130; index += 1) {
      offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(1)));
      await failWith(peerOf(index));
    }
    expect(take).toHaveBeenCalledTimes(128);
    const limits = refuse.mock.calls.filter(([, { code }]) => code === 'rate-limited');
    expect(limits.map(([peer]) => peer)).toEqual([peerOf(128), peerOf(129)]);
  });

  test('opens few pools, also when each of its tabs offers another model after that', async () => {
    for (let index = 0; index < 22; index += 1) {
      known.set(poolOf(index), MANIFEST);
      offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(index)));
      await failWith(peerOf(index));
    }
    expect(take).toHaveBeenCalledTimes(20);
  });

  test('is not counted with a tab that the roster refused or sent away', () => {
    known.set(poolOf(1), MANIFEST);
    take.mockImplementation(() => {});
    for (let index = 0; index < 130; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(1)));
    expect(take).toHaveBeenCalledTimes(130);
  });

  test('moves a tab to another pool: it counts there, and where it was no more', () => {
    for (const pool of [1, 2]) known.set(poolOf(pool), MANIFEST);
    for (let index = 0; index < 128; index += 1) offers.offered(peerOf(index), '10.0.0.1', offerOf(poolOf(1)));
    offers.offered(peerOf(0), '10.0.0.1', offerOf(poolOf(2)));
    offers.offered(peerOf(200), '10.0.0.1', offerOf(poolOf(1)));
    expect(refuse).not.toHaveBeenCalled();
    offers.offered(peerOf(0), '10.0.0.1', offerOf(poolOf(1)));
    expect(refusals()).toEqual([[peerOf(0), 'rate-limited']]);
  });
});
