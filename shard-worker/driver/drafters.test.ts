import { describe, expect, test } from 'vitest';
import { GREEDY } from '../../protocol/sampling.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import { ModelDrafter } from './model-drafter.ts';
import { continuation } from './ngram-drafter.ts';
import { answer, LAYERS, PROMPT, SAMPLED } from './test-ring.ts';

describe('n-grams', () => {
  test.each([
    ['what followed the same two tokens', [1, 2, 3, 4, 9, 1, 2], 2, [3, 4]],
    ['no more than is there', [1, 2, 3, 1, 2], 8, [3, 1, 2]],
    ['the longer match before the later one', [5, 1, 2, 7, 6, 1, 2, 8, 5, 1, 2], 1, [7]],
    ['the later of equal matches', [1, 2, 7, 1, 2, 8, 1, 2], 1, [8]],
    ['nothing after one token alone', [1, 2, 3, 9, 1], 4, []],
    ['nothing in a history without repetition', [1, 2, 3, 4], 4, []],
    ['nothing of nothing', [], 4, []],
    ['a repetition of itself', [4, 4, 4, 4], 2, [4]],
  ])('%s', (_name, history, most, expected) => {
    expect(continuation(history, most)).toEqual(expected);
  });

  test('a match too far back is not looked for', () => {
    const far = [1, 2, 3, ...Array.from({ length: 5000 }, (_, index) => index + 10), 1, 2];
    expect(continuation(far, 1)).toEqual([]);
    expect(continuation(far.slice(2000), 1)).toEqual([]);
    expect(continuation([...far.slice(1000), 3, 1, 2], 1)).toEqual([3]);
  });
});

describe('model', () => {
  /** Counts rows, so that a test sees what is computed again. */
  function counted(maxContext = 4096): { executor: LayerExecutor; rows: () => number; disposed: () => number } {
    const inner = arithmeticExecutor({ start: 0, end: LAYERS, layers: LAYERS, maxContext });
    let rows = 0;
    let disposed = 0;
    const executor: LayerExecutor = {
      ...inner,
      openCache(): KvCache {
        const cache = inner.openCache();
        const dispose = cache.dispose.bind(cache);
        cache.dispose = () => {
          disposed++;
          dispose();
        };
        return cache;
      },
      run(cache, input) {
        rows += input.tokens;
        return inner.run(cache, input);
      },
    };
    return { executor, rows: () => rows, disposed: () => disposed };
  }

  test.each([GREEDY, SAMPLED])('proposes what the same model would answer: %j', async (sampling) => {
    const drafter = new ModelDrafter(counted().executor);
    const whole = await answer([], { sampling });
    expect(await drafter.propose({ history: PROMPT, most: 6, sampling })).toEqual(whole.slice(0, 6));
  });

  test('computes what is new alone, and takes back what was not accepted', async () => {
    const { executor, rows } = counted();
    const drafter = new ModelDrafter(executor);
    const whole = await answer([]);
    await drafter.propose({ history: PROMPT, most: 4, sampling: GREEDY });
    expect(rows()).toBe(PROMPT.length + 3);
    const other = (whole[1]! + 1) % 101;
    const history = [...PROMPT, whole[0]!, other];
    const again = await drafter.propose({ history, most: 2, sampling: GREEDY });
    // Its first guess was kept; the other token and one more row were computed.
    expect(rows()).toBe(PROMPT.length + 3 + 2);
    expect(again).toEqual(await new ModelDrafter(counted().executor).propose({ history, most: 2, sampling: GREEDY }));
  });

  test('a long prompt is computed in chunks, and the end of its context is the end of its guesses', async () => {
    const long = Array.from({ length: 600 }, (_, index) => index % 101);
    const { executor } = counted(602);
    const drafter = new ModelDrafter(executor);
    expect(await drafter.propose({ history: long, most: 8, sampling: GREEDY })).toHaveLength(2);
    expect(await drafter.propose({ history: [...long, 1, 2], most: 8, sampling: GREEDY })).toEqual([]);
  });

  test('its cache goes once, and not while the model works on it', async () => {
    const { executor, disposed } = counted();
    const drafter = new ModelDrafter(executor);
    const running = drafter.propose({ history: PROMPT, most: 8, sampling: GREEDY });
    drafter.close();
    drafter.close();
    expect(disposed()).toBe(0);
    await running;
    await new Promise((resolve) => setTimeout(resolve));
    expect(disposed()).toBe(1);
  });
});
