import { expect, it } from 'vitest';
import { manifestOf } from '../planner/test-manifest.ts';
import { maxCost } from '../settlement/price-of.ts';
import { positionBounds } from './price-order.ts';

it.each([
  ['within the model', 100, 50, { maxPosition: 150, promptTokens: 100, completionTokens: 50 }],
  ['an answer that the model cannot hold', 100, 5000, { maxPosition: 1000, promptTokens: 100, completionTokens: 1000 }],
  ['a prompt that it cannot hold', 5000, 50, { maxPosition: 1000, promptTokens: 1000, completionTokens: 50 }],
])('bounds %s', (_name, prompt, completion, bounds) => {
  expect(positionBounds(manifestOf({ maxContext: 1000 }), prompt, completion)).toEqual(bounds);
});

it('costs the most when every choice uses all that it may', () => {
  const price = { promptMicros: 2, completionMicros: 10 };
  expect(maxCost({ promptTokens: 100, maxTokens: 50, choices: 3, price })).toBe(3 * (100 * 2 + 50 * 10));
});
