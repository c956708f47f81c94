import { expect, it } from 'vitest';
import { nextSlide } from './next-slide.ts';

it.each([
  ['on from the first, below the head of the page', [100, 900, 1700], 1, 1],
  ['on from the second', [-800, 0, 800], 1, 2],
  ['no further than the last', [-1600, -800, 0], 1, 2],
  ['back', [-800, 0, 800], -1, 0],
  ['back to where the slide begins', [-1000, -200, 600], -1, 1],
  ['no further than the first', [0, 800, 1600], -1, 0],
])('%s', (_what, tops, step, next) => {
  expect(nextSlide(tops, step)).toBe(next);
});
