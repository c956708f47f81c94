import { describe, expect, test } from 'vitest';
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolId, poolIdOf } from '../../protocol/ids.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import type { PoolPolicy } from '../pools/pool-types.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { findModel, fingerprintOf, nameModel } from './find-model.ts';
import { listModels } from './list-models.ts';

const modelOf = (name: string, slug?: string) => ({ repo: `a/${name}`, revision: 'main', dtype: 'q4', slug }) as const;
const idOf = (name: string, slug?: string): PoolId => poolIdOf(modelOf(name, slug));
const policyOf = (name: string, more: Partial<PoolPolicy> & { slug?: string } = {}): PoolPolicy => ({
  ...{ id: idOf(name, more.slug), model: modelOf(name), policy: 'commons', recruit: true, members: [], loaded: true },
  ...{ maxContext: 100, createdAt: new Date(1000), updatedAt: new Date(2000) },
  ...more,
});
const summaryOf = (name: string): PoolSummary => ({
  ...{ pool: idOf(name), model: modelOf(name), peers: 1, state: 'ready', reason: '' },
});
const liveOf = (name: string, state: 'ready' | 'forming' | 'broken', layers = 4): Pool => ({
  ...emptyPool(idOf(name), 1),
  manifest: manifestOf({ layers, maxContext: 777, graphSha256: 'f'.repeat(64) }),
  coalitions: [
    {
      coalition: { pool: idOf(name), model: modelOf(name), epoch: 1, state, seats: [] },
      progressAtMs: new Map(),
    },
  ],
});
const listOf = (kept: PoolPolicy[], live: Pool[] = [], told: PoolSummary[] = [], configured = idOf('a')) =>
  listModels({
    configured,
    pools: { list: () => kept },
    roster: { pools: () => told, pool: (id) => live.find((pool) => pool.id === id) },
  });

describe('models to ask for', () => {
  test('those that answer now come first, the others in their order', () => {
    const live = [liveOf('b', 'forming'), liveOf('c', 'ready'), liveOf('d', 'broken')];
    const listed = listOf(
      ['a', 'b', 'c', 'd'].map((name) => policyOf(name)),
      live,
    );
    expect(listed.map(({ model }) => model.repo)).toEqual(['a/c', 'a/a', 'a/b', 'a/d']);
  });

  test('a kept pool is told as its maker shortened it, one that tabs opened as they read it', () => {
    const kept = policyOf('a', { manifest: manifestOf({ maxContext: 4096 }) });
    const listed = listOf([kept], [liveOf('a', 'ready'), liveOf('b', 'ready')], [summaryOf('a'), summaryOf('b')]);
    expect(listed.map(({ pool, contextTokens, version }) => [pool, contextTokens, version])).toEqual([
      [idOf('a'), 100, 'a'.repeat(64)],
      [idOf('b'), 777, 'f'.repeat(64)],
    ]);
  });

  test('a pool of which nobody knows the graph has no context and no version', () => {
    expect(listOf([policyOf('a')])[0]).toMatchObject({ contextTokens: undefined, version: undefined });
  });

  test('a pool that rests is none of them, also while tabs wait in it', () => {
    const resting = policyOf('a', { loaded: false });
    expect(listOf([resting])).toEqual([]);
    expect(listOf([resting], [], [summaryOf('a')])).toEqual([]);
  });
});

describe('a name', () => {
  const entries = listOf([policyOf('a', { slug: 'market' }), policyOf('a'), policyOf('b', { slug: 'only' })]);

  test('G2: a bare one means the configured pool, and nobody else’s of that repository', () => {
    const others = ['b', 'c'].map((name) => policyOf(name));
    const live = [liveOf('b', 'ready'), liveOf('c', 'ready')];
    const all = listOf([policyOf('a'), ...others], live);
    expect(findModel(all, 'a/a').pool).toBe(idOf('a'));
    expect(() => findModel(all, 'a/b')).toThrow(
      `No pool here serves the model 'a/b'. Name one by its whole id: '${idOf('b')}'.`,
    );
    const open = listOf([], live, [summaryOf('b')]);
    expect(() => findModel(open, 'a/b'), 'nor one that tabs opened').toThrow(idOf('b'));
    expect(findModel(open, idOf('b')).pool).toBe(idOf('b'));
  });

  test('of a repository is its pool without a slug, wherever that one stands', () => {
    expect(findModel(entries, 'a/a').pool).toBe(idOf('a'));
    expect(findModel(entries, idOf('a', 'market')).pool).toBe(idOf('a', 'market'));
  });

  test.each(['a/b', 'a', '', 'A/A', `${idOf('a')}/other`, '__proto__', 'x'.repeat(5000)])('%s is nobody’s', (name) => {
    const find = () => findModel(entries, name);
    expect(find).toThrow(expect.objectContaining({ code: 'model-not-found', data: { param: 'model' } }));
    expect(find).toThrow(/^.{0,300}$/);
  });

  test('that is listed finds its own pool again', () => {
    for (const entry of entries) expect(findModel(entries, nameModel(entry))).toBe(entry);
    expect(nameModel(entries[2]!)).toBe(idOf('b', 'only'));
  });

  test('a fingerprint is of pool and version, not of when it was asked', () => {
    const [entry] = entries;
    const prints = [entry!, { ...entry!, version: 'x' }, entries[1]!].map(fingerprintOf);
    expect(new Set(prints).size).toBe(3);
    expect(fingerprintOf({ ...entry!, createdAt: new Date(), contextTokens: 1 })).toBe(prints[0]);
  });
});
