import { expect, it } from 'vitest';
import { sumNumbers } from './read-numbers.ts';

const answered = (tokensPerSecond: number) => ({ outcome: { tokensPerSecond } }) as never;

it('adds up what pools tell', () => {
  const pools = [
    { peers: 3, state: 'ready' as const },
    { peers: 1, state: 'waiting' as const },
  ];
  const live = { waiting: 2, running: 1, recent: [10, 40, 0, 20].map(answered) };
  expect(sumNumbers(pools, live)).toEqual({ tabs: 4, pools: 2, readyPools: 1, underWay: 3, tokensPerSecond: 20 });
  expect(sumNumbers(pools, { ...live, recent: [10, 20].map(answered) }).tokensPerSecond).toBe(15);
});

it('says that there is nothing to tell yet', () => {
  expect(sumNumbers([], undefined)).toEqual({
    ...{ tabs: 0, pools: 0, readyPools: 0, underWay: 0, tokensPerSecond: undefined },
  });
});
