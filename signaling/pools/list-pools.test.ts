import { describe, expect, test } from 'vitest';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { describePoolState, NO_FIGURES } from './describe-pool-state.ts';
import { listPools } from './list-pools.ts';
import type { PoolPolicy } from './pool-types.ts';

const modelOf = (name: string) => ({ repo: `a/${name}`, revision: 'main', dtype: 'q4' }) as const;
const idOf = (name: string) => poolIdOf(modelOf(name));
const peerOf = (digit: string): PeerId => digit.repeat(32) as PeerId;
const policyOf = (name: string, more: Partial<PoolPolicy> = {}): PoolPolicy => ({
  ...{ id: idOf(name), model: modelOf(name), policy: 'commons', recruit: true, members: [], loaded: true },
  ...{ maxContext: 16, createdAt: new Date(1000), updatedAt: new Date(2000) },
  ...more,
});
const summaryOf = (name: string): PoolSummary => ({
  ...{ pool: idOf(name), model: modelOf(name), peers: 2, state: 'ready', reason: '2 tabs serve 4 layers.' },
});

describe('the list', () => {
  test('has each pool once: the roster’s in its order, then kept ones that nobody has come to', () => {
    const listed = listPools([summaryOf('c'), summaryOf('a')], [policyOf('a'), policyOf('b'), policyOf('c')]);
    expect(listed.map(({ pool, isKept, state }) => [pool, isKept, state])).toEqual([
      [idOf('c'), true, 'ready'],
      [idOf('a'), true, 'ready'],
      [idOf('b'), true, 'empty'],
    ]);
  });

  test('says of a pool that tabs opened that nobody made it', () => {
    expect(listPools([summaryOf('a')], [])[0]).toMatchObject({
      ...{ isKept: false, recruit: true, loaded: true, stages: null, price: null, createdBy: null },
      ...{ details: null, createdAt: null, updatedAt: null, listedPeers: 0 },
    });
  });

  test('shows the market of a pool, and null in the commons', () => {
    const market = { chainId: 84532, contract: `0x${'ab'.repeat(20)}`, treasuryUnits: 3000 } as const;
    const price = { promptMicros: 50_000, completionMicros: 200_000 };
    const views = listPools([], [policyOf('a', { policy: 'market', market, price }), policyOf('b')]);
    expect(views).toMatchObject([
      { policy: 'market', market, price },
      { policy: 'commons', market: null },
    ]);
  });

  test('counts who is listed and names nobody', () => {
    const [view] = listPools([], [policyOf('a', { members: [peerOf('1'), peerOf('2')] })]);
    expect(view?.listedPeers).toBe(2);
    expect(JSON.stringify(view)).not.toContain(peerOf('1'));
  });

  test('tells the context as its maker shortened it, and what a token takes in all layers', () => {
    const manifest = manifestOf({ layers: 3, kvHeads: 2, headDim: 5, maxContext: 4096 });
    const [view] = listPools([], [policyOf('a', { manifest, maxContext: 100 })]);
    // Keys and values of two heads of five numbers, four bytes each, in three layers.
    expect(view?.details).toMatchObject({ contextTokens: 100, kvBytesPerToken: 2 * 2 * 5 * 4 * 3 });
  });

  test('an empty pool that is not loaded says so', () => {
    expect(listPools([], [policyOf('a', { loaded: false })])[0]?.reason).toMatch(/is unloaded/);
  });
});

describe('the state of a pool', () => {
  const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 9, device: 'd' } as const;
  const seat = (digit: string, start: number) => ({
    ...{ peer: peerOf(digit), start, end: start + 2, backend: 'wasm', device: 'd', totalBytes: 9, loadedBytes: 3 },
    ready: false,
  });
  const coalition = (epoch: number, state: string, ...seats: unknown[]) => ({
    coalition: { pool: idOf('a'), model: modelOf('a'), epoch, state, seats },
    progressAtMs: new Map(),
  });
  const poolWith = (...coalitions: unknown[]): Pool => ({
    ...emptyPool(idOf('a'), 8),
    peers: ['1', '2'].map((digit) => ({ peer: peerOf(digit), capability })),
    coalitions: coalitions as never,
  });

  test('of a pool that nobody has come to has those that are listed, away', () => {
    const policy = policyOf('a', { members: [peerOf('1')] });
    expect(describePoolState(policy, undefined, NO_FIGURES)).toEqual({
      members: [{ peer: peerOf('1'), isHere: false, isListed: true }],
      ...{ lastEpoch: 0, serving: null, forming: null, further: [], waiting: 0, running: 0, recent: [] },
    });
  });

  test('shows the layers that a tab serves, not those that it loads', () => {
    const pool = poolWith(coalition(7, 'ready', seat('1', 0)), coalition(8, 'forming', seat('1', 2), seat('2', 0)));
    const { members, serving, forming } = describePoolState(undefined, pool, NO_FIGURES);
    expect(members).toMatchObject([{ layers: { start: 0, end: 2 } }, { isListed: false }]);
    expect(members[1]).not.toHaveProperty('layers');
    expect([serving?.epoch, forming?.epoch]).toEqual([7, 8]);
    expect(forming?.seats).toMatchObject([{ loadedBytes: 3, totalBytes: 9, ready: false }, {}]);
  });

  test('B5: says of each seat that serves which tab in reserve would take it', () => {
    const pool = poolWith(coalition(7, 'ready', seat('1', 0)));
    const standby = (...warm: { start: number; end: number; isReady: boolean }[]) => {
      const [serving, spare] = pool.peers as [Pool['peers'][number], Pool['peers'][number]];
      const peers = [
        serving,
        ...warm.map((layers, at) => ({ ...spare, peer: peerOf(String(at + 2)), warm: [layers] })),
      ];
      return describePoolState(undefined, { ...pool, peers }, NO_FIGURES).serving?.seats[0]?.standby;
    };
    const held = { start: 0, end: 2, isReady: false };
    expect(standby()).toBeUndefined();
    expect(standby({ ...held, start: 1 })).toBeUndefined();
    expect(standby(held)).toBe('loading');
    expect(standby(held, { ...held, isReady: true })).toBe('warm');
  });

  test('says what a tab in reserve holds, and nothing of what it could not have or of one that may not serve', () => {
    const warm = [
      { start: 0, end: 2, isReady: true },
      { start: 2, end: 4, isReady: false },
      { start: 4, end: 6, isReady: false, hasFailed: true },
    ] as const;
    const pool = poolWith(coalition(7, 'ready', seat('1', 0)));
    const reserveOf = (more: object) => {
      const peers = pool.peers.map((peer) => ({ ...peer, warm, ...more }));
      return describePoolState(undefined, { ...pool, peers }, NO_FIGURES).members.map(({ reserve }) => reserve);
    };
    expect(reserveOf({})).toEqual([undefined, warm.slice(0, 2)]);
    expect(reserveOf({ excluded: 'failed' })).toEqual([undefined, undefined]);
  });

  test('shows what broke as broken until its successor is ready', () => {
    const { serving } = describePoolState(undefined, poolWith(coalition(7, 'broken', seat('1', 0))), NO_FIGURES);
    expect(serving).toMatchObject({ epoch: 7, state: 'broken' });
  });

  test('shows the newest twenty jobs of however many', () => {
    const job = (minute: number) => ({
      endedAt: new Date(minute * 60_000),
      plan: { mode: 'lan', predicted: {} },
      outcome: {},
    });
    const recent = Array.from({ length: 50 }, (_, at) => job(50 - at)) as never;
    const told = describePoolState(undefined, undefined, { waiting: 1, running: 2, recent });
    expect(told).toMatchObject({ waiting: 1, running: 2 });
    expect(told.recent.map(({ endedAt }) => endedAt)).toEqual(
      Array.from({ length: 20 }, (_, at) => new Date((50 - at) * 60_000).toISOString()),
    );
  });
});
