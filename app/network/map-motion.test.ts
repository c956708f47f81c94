import { expect, test } from 'vitest';
import { layoutMap } from './layout-map.ts';
import { madeUpNetwork } from './made-up-network.ts';
import { MapMotion } from './map-motion.ts';

const SIZE = { width: 800, height: 400 };
const layoutOf = (tabs: number) => layoutMap(madeUpNetwork({ tabs }), 2);

test('what is there at once is where it belongs, within the canvas', () => {
  const motion = new MapMotion();
  motion.set(layoutOf(3), SIZE, true);
  const { nodes, isThere } = motion.advance(16);
  expect(isThere).toBe(true);
  for (const { x, y, size } of nodes) {
    expect(x - size).toBeGreaterThan(0);
    expect(x + size).toBeLessThan(SIZE.width);
    expect(y - size).toBeGreaterThan(0);
    expect(y + size).toBeLessThan(SIZE.height);
  }
});

test('what is new grows, what was there moves, and both come to rest', () => {
  const motion = new MapMotion();
  motion.set(layoutOf(3), SIZE, true);
  const before = motion.advance(16).nodes[0]!;
  motion.set(layoutOf(30), SIZE, false);
  const begun = motion.advance(0);
  expect(begun.isThere).toBe(false);
  expect(begun.nodes.find(({ key }) => key === before.key)).toMatchObject({ x: before.x, y: before.y });
  expect(begun.nodes.filter(({ size }) => size === 0).length).toBe(27);
  let frames = 0;
  while (!motion.advance(16).isThere && frames < 1_000) frames += 1;
  expect(frames).toBeLessThan(120);
  expect(motion.advance(16).nodes.every(({ size }) => size > 0)).toBe(true);
});
