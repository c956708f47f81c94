import { describe, expect, test } from 'vitest';
import { layoutRing, placeLabel } from './ring-layout.ts';

const circle = { centerX: 100, centerY: 100, radius: 80 };
const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);

describe('layoutRing', () => {
  test('the driver sits on top and stages follow clockwise', () => {
    const { nodes } = layoutRing(3, circle);
    expect(nodes[0]).toMatchObject({ x: 100, y: 20 });
    expect(nodes[1]).toMatchObject({ x: 180, y: 100 });
    expect(nodes[2]).toMatchObject({ x: 100, y: 180 });
    expect(nodes[3]).toMatchObject({ x: 20, y: 100 });
  });

  test('alone, the driver has no arcs', () => {
    const layout = layoutRing(0, circle);
    expect(layout.nodes).toHaveLength(1);
    expect(layout.arcs).toEqual([]);
  });

  test.each([1, 2, 3, 8, 64])('with %d stages every node lies on the ring, none touch, and a lap closes', (stages) => {
    const { nodes, nodeRadius, driverRadius, arcs } = layoutRing(stages, circle);
    expect(nodes).toHaveLength(stages + 1);
    expect(arcs).toHaveLength(stages + 1);
    for (const [index, node] of nodes.entries()) {
      expect(distance(node, { x: 100, y: 100 })).toBeCloseTo(80, 0);
      const next = nodes[(index + 1) % nodes.length]!;
      const atDriver = index === 0 || index === nodes.length - 1;
      expect(distance(node, next)).toBeGreaterThan(nodeRadius + (atDriver ? driverRadius : nodeRadius));
      // The arrow ends at the next node's rim, not inside it and not far from it.
      const toTip = distance(arcs[index]!.tip, next);
      const nextRadius = index === nodes.length - 1 ? driverRadius : nodeRadius;
      expect(toTip).toBeGreaterThan(nextRadius * 0.9);
      expect(toTip).toBeLessThan(nextRadius + 10);
    }
  });

  test('with one stage each way is half the ring', () => {
    const { arcs } = layoutRing(1, circle);
    expect(arcs[0]!.path).toContain('A80 80 0 0 1');
    expect(arcs[0]!.tip.x).toBeGreaterThan(100);
    expect(arcs[1]!.tip.x).toBeLessThan(100);
  });
});

describe('placeLabel', () => {
  test('labels lie outside the ring and are anchored towards it', () => {
    const { nodes } = layoutRing(3, circle);
    expect(placeLabel(nodes[1]!, 30)).toEqual({ x: 210, y: 100, anchor: 'start' });
    expect(placeLabel(nodes[2]!, 30)).toEqual({ x: 100, y: 210, anchor: 'middle' });
    expect(placeLabel(nodes[3]!, 30)).toEqual({ x: -10, y: 100, anchor: 'end' });
  });
});
