import { expect, test } from 'vitest';
import { layoutMap, MapPacker } from './layout-map.ts';
import { madeUpNetwork } from './made-up-network.ts';
import { packCircles } from './pack-circles.ts';

test('circles never overlap, and fill a box that is as wide as it should be', () => {
  const radii = Array.from({ length: 150 }, (_, at) => 2 + ((at * 7) % 11));
  const places = packCircles(radii, 2.4);
  for (const [a, one] of places.entries()) {
    for (const [b, other] of places.slice(0, a).entries()) {
      expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThanOrEqual(radii[a]! + radii[b]! - 1e-9);
    }
  }
  const span = (of: 'x' | 'y') =>
    Math.max(...places.map((place) => place[of])) - Math.min(...places.map((place) => place[of]));
  expect(span('x') / span('y')).toBeGreaterThan(1.6);
});

test.each([0, 1, 3, 1000])('%i tabs stand within the map, each once', (tabs) => {
  const network = madeUpNetwork({ tabs });
  const { nodes, rings, width, height } = layoutMap(network, 2);
  expect(rings.length).toBe(network.coalitions.length);
  expect(nodes.length).toBe(tabs);
  expect(new Set(nodes.map(({ key }) => key)).size).toBe(nodes.length);
  for (const { x, y } of nodes) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(width);
    expect(y).toBeLessThanOrEqual(height);
  }
});

test('the way of a token goes round from the top, and an empty seat is seen', () => {
  const network = madeUpNetwork({ tabs: 3 });
  const [ring] = network.coalitions;
  network.coalitions = [
    { ...ring!, seats: ring!.seats.map((seat, at) => (at === 1 ? { ...seat, peer: null } : seat)) },
  ];
  const { nodes, rings } = layoutMap(network, 2);
  expect(nodes.map(({ kind }) => kind)).toEqual(['serving', 'empty', 'serving']);
  expect(nodes[0]!.y).toBeCloseTo(rings[0]!.y - rings[0]!.radius);
  expect(nodes[1]!.x).toBeGreaterThan(rings[0]!.x);
});

test('where only figures change nothing is placed anew', () => {
  const packer = new MapPacker();
  const radii = [4, 3, 3];
  const places = packer.pack(radii, 2);
  expect(packer.pack([...radii], 2)).toBe(places);
  expect(packer.pack([4, 3], 2)).not.toBe(places);
});
