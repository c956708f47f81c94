import { expect, it } from 'vitest';
import { layoutRing } from '../format/ring-layout.ts';
import { flyAlong } from './fly.ts';

const layout = layoutRing(3, { centerX: 0, centerY: 0, radius: 100 });
const { arcs, ways } = layout;
const hop = (from: number, to: number) => ({ from, to, kind: 'hidden' as const, bytes: 1, tokens: 1 });

it.each([
  ['who asks to the entry', -1, 0, ways[0]!.path],
  ['one stage to the next', 1, 2, arcs[1]!.path],
  ['the exit back to the entry', 2, 0, arcs[2]!.path],
  ['the exit to who asks', 2, -1, ways[1]!.path],
  ['the entry over the others', 0, 2, undefined],
])('%s', (_way, from, to, path) => {
  expect(flyAlong(layout, hop(from, to))).toBe(path);
});
