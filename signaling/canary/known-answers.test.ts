import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { KnownAnswers, readSiteCanaries } from './known-answers.ts';

const POOL = poolIdOf({ repo: 'someone/model', revision: 'main', dtype: 'q4' });
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((name) => name.repeat(32)) as [PeerId, PeerId, PeerId, PeerId];

test('the site’s canary is what three runtimes answer that are not ours, for each dtype', async () => {
  const golden = JSON.parse(readFileSync('tools/train-model/golden.json', 'utf8')) as {
    entries: { source: string; input_ids: number[]; greedy_ids: number[] }[];
  };
  const canaries = await readSiteCanaries('public/models');
  for (const dtype of ['q4', 'fp32'] as const) {
    const canary = canaries.get(poolIdOf({ repo: 'computepool/guide-4m', revision: 'main', dtype }))!;
    const same = golden.entries.filter(
      ({ source, input_ids }) => source.startsWith(dtype) && `${input_ids}` === `${canary.prompt}`,
    );
    expect(same.length).toBeGreaterThan(0);
    for (const { greedy_ids } of same) expect(greedy_ids.slice(0, 4)).toEqual(canary.ids);
  }
  expect(await readSiteCanaries(undefined)).toEqual(new Map());
  expect(await readSiteCanaries('docs')).toEqual(new Map());
});

test('what a coalition answered is expected of the next, to the same prompt, while one of it is there', () => {
  const known = new KnownAnswers(new Map());
  expect([known.of(POOL), known.expected(POOL, [A])]).toEqual([undefined, []]);
  known.learn(POOL, { prompt: [1], ids: [] }, [A]);
  expect(known.of(POOL)).toBeUndefined();
  known.learn(POOL, { prompt: [1], ids: [5, 6] }, [A]);
  // Nobody makes it longer: one of those who did might be a liar.
  known.learn(POOL, { prompt: [1], ids: [5, 6, 7] }, [B]);
  expect(known.of(POOL)).toMatchObject({ prompt: [1], ids: [5, 6] });
  expect(known.expected(POOL, [C])).toEqual([5, 6]);
  expect([...known.shown(POOL)]).toEqual([A, B]);
  known.left(A);
  expect([...known.shown(POOL)]).toEqual([B]);
  expect(known.expected(POOL, [C])).toEqual([5, 6]);
  known.left(B);
  expect([known.of(POOL), known.expected(POOL, [C])]).toEqual([undefined, []]);
});

test('what others answered counts for nothing against tabs that have all shown themselves, who then say what is right', () => {
  const known = new KnownAnswers(new Map());
  known.learn(POOL, { prompt: [1], ids: [9, 9] }, [A, B, C]);
  expect(known.expected(POOL, [A, B])).toEqual([]);
  known.learn(POOL, { prompt: [1], ids: [5, 6] }, [A, B]);
  expect(known.expected(POOL, [D])).toEqual([5, 6]);
  known.forget(POOL);
  expect([known.of(POOL), known.shown(POOL).size]).toEqual([undefined, 0]);
});

test('no coalition has a say in what the site’s own models answer', () => {
  const known = new KnownAnswers(new Map([[POOL, { prompt: [1], ids: [2, 3] }]]));
  known.learn(POOL, { prompt: [1], ids: [9, 9, 9] }, [A]);
  expect(known.expected(POOL, [A])).toEqual([2, 3]);
});
