import { describe, expect, test } from 'vitest';
import { LABEL_LINE, layoutRing, MAX_HOP_LABELS, placeHop, placeLabel } from './ring-layout.ts';

const circle = { centerX: 100, centerY: 100, radius: 80 };
const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);

describe('layoutRing', () => {
  test('the entry sits on top, stages follow clockwise, and who asks is in the middle', () => {
    const { nodes, asker } = layoutRing(4, circle);
    expect(nodes).toMatchObject([
      { x: 100, y: 20 },
      { x: 180, y: 100 },
      { x: 100, y: 180 },
      { x: 20, y: 100 },
    ]);
    expect(asker).toMatchObject({ x: 100, y: 100 });
  });

  test('without stages there is nothing but who asks; one stage passes nothing on', () => {
    expect(layoutRing(0, circle)).toMatchObject({ nodes: [], arcs: [], ways: [] });
    expect(layoutRing(1, circle)).toMatchObject({ nodes: [{ x: 100, y: 20 }], arcs: [], ways: [{ tips: [{}, {}] }] });
  });

  test.each([2, 3, 8, 64])('with %d stages every node lies on the ring, none touch, and a lap closes', (stages) => {
    const { nodes, nodeRadius, arcs, ways, asker } = layoutRing(stages, circle);
    expect(nodes).toHaveLength(stages);
    expect(arcs).toHaveLength(stages);
    for (const [index, node] of nodes.entries()) {
      expect(distance(node, asker)).toBeCloseTo(80, 0);
      const next = nodes[(index + 1) % nodes.length]!;
      expect(distance(node, next)).toBeGreaterThan(2 * nodeRadius);
      // The arrow ends at the next node's rim, not inside it and not far from it.
      const toTip = distance(arcs[index]!.tip, next);
      expect(toTip).toBeGreaterThan(nodeRadius * 0.9);
      expect(toTip).toBeLessThan(nodeRadius + 10);
    }
    const [question, answer] = ways;
    expect(distance(question!.tips[0]!, nodes[0]!)).toBeLessThan(nodeRadius + 10);
    expect(distance(answer!.tips[0]!, asker)).toBeLessThan(asker.radius + 10);
  });
});

describe('placeLabel', () => {
  test('labels lie outside the ring and are anchored towards it', () => {
    const { nodes } = layoutRing(4, circle);
    expect(placeLabel(nodes[1]!, 30)).toEqual({ x: 210, y: 100, anchor: 'start' });
    expect(placeLabel(nodes[2]!, 30)).toEqual({ x: 100, y: 210, anchor: 'middle' });
    expect(placeLabel(nodes[3]!, 30)).toEqual({ x: -10, y: 100, anchor: 'end' });
  });
});

describe('no label lies on a circle', () => {
  interface Box {
    left: number;
    right: number;
    top: number;
    bottom: number;
  }
  /** As it is drawn, and the size that its text has. */
  const drawn = { centerX: 180, centerY: 138, radius: 86 };
  const box = (x: number, y: number, width: number, height: number): Box => ({
    ...{ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 },
  });
  const apart = ({ left, right, top, bottom }: Box, node: { x: number; y: number }) =>
    Math.hypot(Math.max(left - node.x, 0, node.x - right), Math.max(top - node.y, 0, node.y - bottom));
  const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))('layers and their time, of %d stages', (stages) => {
    const { nodes, nodeRadius } = layoutRing(stages, drawn);
    for (const own of nodes) {
      const { x, y, anchor } = placeLabel(own, nodeRadius + 10, 2);
      for (const line of [0, 1]) {
        const width = 58;
        const shift = anchor === 'start' ? width / 2 : anchor === 'end' ? -width / 2 : 0;
        const label = box(x + shift, y + line * LABEL_LINE, width, 9);
        for (const node of nodes) expect(apart(label, node)).toBeGreaterThan(nodeRadius);
      }
    }
  });

  test.each([2, 3, 4, 5, MAX_HOP_LABELS])('hops between %d stages, nor on each other or on who asks', (stages) => {
    const { nodes, nodeRadius, arcs, asker } = layoutRing(stages, drawn);
    const labels = arcs.map((arc) => {
      const { x, y } = placeHop(arc);
      return box(x, y, 40, 10);
    });
    const middle = box(asker.x, asker.y, 2 * asker.radius, 1.2 * asker.radius);
    for (const [at, label] of labels.entries()) {
      for (const node of nodes) expect(apart(label, node)).toBeGreaterThan(nodeRadius);
      for (const other of [middle, ...labels.slice(at + 1)]) expect(overlap(label, other)).toBe(false);
    }
  });
});
