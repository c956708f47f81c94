import { describe, expect, it } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { coalitionsOf, formingOf, readyOf } from './coalitions.ts';
import { MAX_LAYERS, MAX_PEERS_PER_POOL, MAX_POOLS, MAX_WATCHES_PER_PEER } from './roster-state.ts';
import { summarisePools } from './summarise-pools.ts';
import { MODEL, POOL, peerOf, Table } from './test-table.ts';

describe('offers', () => {
  it('refuses a tab that read another file, and takes its file once the others are gone', () => {
    const table = new Table();
    table.offer('a');
    table.offer('b', { manifest: manifestOf({ headBytes: 1 }) });
    expect(table.heard()).toEqual(['b<error manifest-mismatch']);
    expect(table.pool().peers).toHaveLength(1);
    table.leave('a');
    table.offer('b', { manifest: manifestOf({ headBytes: 1 }) });
    expect(table.pool().manifest?.headBytes).toBe(1);
  });

  it('lets the only tab renew its offer with another file', () => {
    const table = new Table();
    table.serve('a');
    table.offer('a', { manifest: manifestOf({ graphSha256: 'b'.repeat(64) }) });
    table.pass(1000);
    expect(table.heard()).toEqual(['a<1 broken a:0-4', 'a<2 forming a:0-4']);
  });

  it('refuses a manifest that does not list its layers, or too many', () => {
    const table = new Table();
    table.offer('a', { manifest: manifestOf({ layers: 4, layerBytes: [1] }) });
    table.offer('a', { manifest: manifestOf({ layers: MAX_LAYERS + 1 }) });
    expect(table.heard()).toEqual(['a<error bad-message', 'a<error model-unsupported']);
    expect(table.pool().peers).toEqual([]);
  });

  it('moves a tab that offers itself to another pool', () => {
    const table = new Table();
    table.serve('a');
    table.offer('a', { model: { ...MODEL, dtype: 'fp32' } });
    expect(table.heard()).toEqual(['a<1 broken a:0-4']);
    expect(summarisePools(table.roster).map(({ peers }) => peers)).toEqual([0, 1]);
  });

  it('bounds tabs per pool, pools, and pools that one peer watches', () => {
    const table = new Table();
    for (let index = 0; index <= MAX_PEERS_PER_POOL; index += 1) table.offer(index);
    expect(table.pool().peers).toHaveLength(MAX_PEERS_PER_POOL);
    expect(table.heard()).toEqual([`${MAX_PEERS_PER_POOL}<error rate-limited`]);
    for (let index = 0; index <= MAX_WATCHES_PER_PEER; index += 1) table.watch('w', { ...MODEL, repo: `o/r${index}` });
    expect(table.heard()).toEqual(['w<error rate-limited']);
    for (let index = 0; index < MAX_POOLS; index += 1) {
      table.offer(`o${index}`, { model: { ...MODEL, repo: `p/r${index}` } });
    }
    expect(table.roster.pools.size).toBe(MAX_POOLS);
    expect(table.heard()).toEqual([`o${MAX_POOLS - 1}<error rate-limited`]);
  });

  it('G12: watching opens no pool, and whoever waits hears when one opens', () => {
    const table = new Table();
    const other = { ...MODEL, repo: 'o/r' };
    for (let index = 0; index < 2 * MAX_POOLS; index += 1) table.watch(`v${index}`, { ...MODEL, repo: `p/r${index}` });
    table.watch('w', other);
    expect(table.heard()).toEqual([]);
    expect(table.roster.pools.size).toBe(1);
    table.offer('a', { model: other });
    table.pass(1000);
    expect(table.heard()).toEqual(['aw<1 forming a:0-4']);
    // The last tab takes the pool along; whoever watched it waits for the next.
    table.leave('a');
    table.heard();
    expect(table.roster.pools.size).toBe(1);
    table.offer('b', { model: other });
    table.pass(1000);
    expect(table.heard()).toEqual(['bw<2 forming b:0-4']);
    for (const name of ['w', ...Array.from({ length: 2 * MAX_POOLS }, (_, index) => `v${index}`)]) table.leave(name);
    expect(table.roster.awaited.size).toBe(0);
  });

  it('takes a watcher that leaves off every list', () => {
    const table = new Table();
    table.watch('w');
    table.watch('w', { ...MODEL, repo: 'o/r' });
    table.leave('w');
    expect(table.roster.pools.size).toBe(1);
    table.serve('a');
    table.offer('b');
    table.pass(1000);
    expect(table.heard()).toEqual(['ab<2 forming a:0-2 b:2-4']);
  });

  it('lets a stage lend no more and go on watching', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.watch('a');
    table.heard();
    table.apply({ type: 'stage-left', peer: peerOf('a') });
    table.pass(1000);
    expect(table.heard()).toEqual(['ab<1 broken a:0-2 b:2-4', 'ba<2 forming b:0-4']);
  });
});

describe('pools', () => {
  it('keeps counting epochs when the pool was empty or dropped', () => {
    const other = { ...MODEL, dtype: 'fp32' } as const;
    const table = new Table();
    table.offer('a', { model: other });
    table.pass(1000);
    table.leave('a');
    expect(table.roster.pools.has(poolIdOf(other))).toBe(false);
    table.offer('a', { model: other });
    table.pass(1000);
    expect(coalitionsOf(table.roster.pools.get(poolIdOf(other))!)).toMatchObject([{ epoch: 2, state: 'forming' }]);
    expect(table.roster.pools.has(POOL)).toBe(true);
  });
});

describe('any course of events', () => {
  it('keeps the invariants through 3,000 random events', () => {
    const table = new Table();
    let state = 12_345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const someone = (): string => names[random(names.length)] ?? 'a';
    let served = 0;
    let lastEpoch = 0;
    for (let round = 0; round < 3000; round += 1) {
      const forming = formingOf(table.pool());
      const epoch = table.pool().lastEpoch - random(2);
      const actions = [
        () => table.offer(someone(), { memoryBytes: 5000 + random(20_000) }),
        () => table.leave(someone()),
        () => table.progress(epoch, someone(), random(9000)),
        () => table.apply({ type: 'stage-failed', peer: peerOf(someone()), pool: POOL, epoch }),
        () => table.linkDown(epoch, someone(), someone()),
        () => table.pass(random(2000)),
        () => forming && table.ready(epoch, ...names),
        () => table.pass(random(2000)),
        () => table.offer(someone()),
      ];
      actions[random(actions.length)]?.();
      const pool = table.pool();
      const present = new Set(pool.peers.map(({ peer }) => peer));
      for (const coalition of coalitionsOf(pool)) {
        if (!coalition) continue;
        expect(coalition.seats[0]?.start).toBe(0);
        expect(coalition.seats.at(-1)?.end).toBe(4);
        const starts = coalition.seats.slice(1).map(({ start }) => start);
        expect(starts).toEqual(coalition.seats.slice(0, -1).map(({ end }) => end));
        if (coalition.state !== 'broken') expect(coalition.seats.every(({ peer }) => present.has(peer))).toBe(true);
        if (coalition.state === 'ready') expect(coalition.seats.every(({ ready }) => ready)).toBe(true);
      }
      expect(pool.lastEpoch).toBeGreaterThanOrEqual(lastEpoch);
      lastEpoch = pool.lastEpoch;
      if (readyOf(pool).length > 0) served += 1;
      expect(table.summary()?.reason).not.toBe('');
    }
    expect(served).toBeGreaterThan(300);
    // It comes to rest: with everyone silent but alive, time alone causes an epoch each time that somebody is tried again.
    table.pass(60 * 60_000);
    const atRest = table.pool().lastEpoch;
    table.pass(10 * 60 * 60_000);
    expect(table.pool().lastEpoch - atRest).toBeLessThanOrEqual((10 * 60 * names.length) / 10);
  });
});
