import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import { type PeerId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { describeNetwork, type NetworkScene } from './describe-network.ts';
import { ViewNames } from './view-names.ts';

const MODEL: PoolRef = { repo: 'marias-lab/guide-4m', revision: 'main', dtype: 'q4', slug: 'marias-own' };
const LAYERS = 4;
const peerOf = (name: string): PeerId => createHash('sha256').update(name).digest('hex').slice(0, 32) as PeerId;

const seatOf = (peer: PeerId, start: number, end: number, ready = true): Coalition['seats'][number] => ({
  ...{ peer, start, end, backend: 'wasm', device: `Device of ${peer}`, totalBytes: 100, loadedBytes: 57, ready },
});

function poolOf(
  tabs: readonly string[],
  rings: readonly { tabs: readonly string[]; state: Coalition['state']; ready?: boolean }[],
  model = MODEL,
): Pool {
  const id = poolIdOf(model);
  return {
    ...emptyPool(id, 0),
    manifest: manifestOf({ layers: LAYERS }),
    peers: tabs.map((name) => ({
      peer: peerOf(name),
      capability: { backend: 'wasm', msPerLayer: 3, memoryBytes: 1e9, device: `Device of ${name}` },
    })),
    coalitions: rings.map(({ tabs: seats, state, ready }, ring) => ({
      progressAtMs: new Map(),
      coalition: {
        ...{ pool: id, model, epoch: 1000 + ring, ring, state },
        seats: seats.map((name, at) =>
          seatOf(
            peerOf(name),
            Math.floor((LAYERS * at) / seats.length),
            Math.floor((LAYERS * (at + 1)) / seats.length),
            ready,
          ),
        ),
      },
    })),
  };
}

function sceneOf(pools: readonly Pool[], names = new ViewNames()): NetworkScene {
  names.at(0);
  return {
    pools,
    nameOf: (id) => names.of(id),
    rttOf: () => 23.4,
    isAnswering: (_, { ring }) => ring === 0,
    paceOf: () => 41.234,
  };
}

test('rings with their seats and links, tabs in none, and how many hold which layers', () => {
  const pool = poolOf(
    ['a', 'b', 'c', 'd'],
    [
      { tabs: ['a', 'b'], state: 'ready' },
      { tabs: ['c', 'gone'], state: 'forming', ready: false },
    ],
  );
  const { totals, pools, coalitions, peers } = describeNetwork(sceneOf([pool]));
  expect(totals).toEqual({ peers: 4, serving: 2, loading: 1, waiting: 1, coalitions: 1, answering: 1 });
  expect(pools).toEqual([
    {
      model: 'guide-4m',
      dtype: 'q4',
      layers: 4,
      peers: 4,
      tokensPerSecond: 41,
      coverage: [{ start: 0, end: 4, tabs: 1 }],
    },
  ]);
  const [ready, forming] = coalitions;
  expect(ready).toMatchObject({ state: 'ready', isAnswering: true });
  expect(ready!.seats.map(({ start, end, loaded, rttMs }) => [start, end, loaded, rttMs])).toEqual([
    [0, 2, 1, 20],
    [2, 4, 1, 20],
  ]);
  expect(forming, 'who has left is nobody').toMatchObject({
    isAnswering: false,
    seats: [{ loaded: 0.5 }, { peer: null }],
  });
  const known = new Set(peers.map(({ id }) => id));
  for (const { peer } of coalitions.flatMap(({ seats }) => seats)) if (peer) expect(known).toContain(peer);
});

test('layers that a tab holds in reserve count, and each tab once', () => {
  const pool = poolOf(['a', 'b', 'c'], [{ tabs: ['a', 'b'], state: 'ready' }]);
  const warm = [
    { start: 1, end: 3, isReady: true },
    { start: 2, end: 4, isReady: false },
  ];
  const peers = pool.peers.map((entry) => (entry.peer === peerOf('c') ? { ...entry, warm } : entry));
  const { pools } = describeNetwork(sceneOf([{ ...pool, peers }]));
  expect(pools[0]!.coverage).toEqual([
    { start: 0, end: 1, tabs: 1 },
    { start: 1, end: 3, tabs: 2 },
    { start: 3, end: 4, tabs: 1 },
  ]);
});

const tabName = fc.string({ minLength: 1, maxLength: 8 });
const somePools = fc
  .array(
    fc.record({
      tabs: fc.uniqueArray(tabName, { maxLength: 12 }),
      states: fc.array(fc.constantFrom<Coalition['state']>('ready', 'forming', 'broken'), { maxLength: 3 }),
    }),
    { maxLength: 4 },
  )
  .map((all) =>
    all.map(({ tabs, states }, at) =>
      poolOf(
        tabs.map((tab) => `${at} ${tab}`),
        tabs.length === 0
          ? []
          : states.map((state) => ({ state, tabs: tabs.slice(0, LAYERS).map((tab) => `${at} ${tab}`) })),
        { ...MODEL, slug: `slug-of-somebody-${at}` },
      ),
    ),
  );

test('whatever the network is: no id of a peer, no device, no owner, no slug and no epoch is told', () => {
  fc.assert(
    fc.property(somePools, (pools) => {
      const described = describeNetwork(sceneOf(pools));
      const text = JSON.stringify(described);
      for (const { id, peers, coalitions, model } of pools) {
        for (const { peer, capability } of peers) {
          for (let at = 0; at + 8 <= peer.length; at++) expect(text).not.toContain(peer.slice(at, at + 8));
          expect(text).not.toContain(capability.device);
        }
        for (const { coalition } of coalitions) expect(text).not.toMatch(new RegExp(`\\b${coalition.epoch}\\b`));
        for (const word of [id, model.repo.split('/')[0]!, 'somebody']) expect(text).not.toContain(word);
      }
      const ids = described.peers.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids, 'the order of coming is nobody’s business').toEqual([...ids].sort());
    }),
    { numRuns: 60 },
  );
});

test('names of one view mean nothing in the next, and another server has others', () => {
  const names = new ViewNames();
  const [first] = [names.at(0)];
  const before = ['a', 'b'].map((id) => names.of(id));
  expect(names.at(first.endsMs - 1)).toEqual(first);
  expect(['a', 'b'].map((id) => names.of(id))).toEqual(before);
  expect(names.at(first.endsMs).view).not.toBe(first.view);
  for (const id of ['a', 'b']) expect(before).not.toContain(names.of(id));
  const other = new ViewNames();
  other.at(0);
  expect(before).not.toContain(other.of('a'));
});
