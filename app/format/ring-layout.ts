// Geometry of the coalition's picture: the driver on top, stages clockwise, arcs between. Pure numbers, no SVG.

export interface RingNode {
  x: number;
  y: number;
  /** Radians, clockwise from the positive x axis (SVG's y grows downwards). */
  angle: number;
}

export interface RingLayout {
  /** Node 0 is the driver; node `i + 1` is stage `i`. */
  nodes: RingNode[];
  nodeRadius: number;
  /** Half the width of the driver's box. */
  driverRadius: number;
  /** Arc `i` leads from node `i` to the next one; the last leads back to the driver. Empty without stages. */
  arcs: RingArc[];
}

export interface RingArc {
  /** SVG path data. */
  path: string;
  /** Where the arrow's tip is and where it points, degrees. */
  tip: { x: number; y: number; degrees: number };
  /** Half way, for a label: a node like any other. */
  middle: RingNode;
}

interface Circle {
  centerX: number;
  centerY: number;
  radius: number;
}

const TOP = -Math.PI / 2;
const MAX_NODE_RADIUS = 20;
/** Radians between the driver and its neighbours at the least. */
const DRIVER_ROOM = 0.5;
/** The driver has a name to hold, so it does not shrink as far as stages do. */
const MIN_DRIVER_RADIUS = 18;
/** Room between a node's rim and the arc's end, in units of the picture. */
const GAP = 5;

const at = (circle: Circle, angle: number) => ({
  x: circle.centerX + circle.radius * Math.cos(angle),
  y: circle.centerY + circle.radius * Math.sin(angle),
});

const round = (value: number): number => Math.round(value * 100) / 100;

/** Places a driver and `stages` stages on a circle. Nodes shrink so that 64 stages still do not touch. */
export function layoutRing(stages: number, circle: Circle): RingLayout {
  // The driver keeps its room however many stages there are; they share the rest evenly.
  const driverStep = Math.max((2 * Math.PI) / (stages + 1), DRIVER_ROOM);
  const stageStep = stages > 1 ? (2 * Math.PI - 2 * driverStep) / (stages - 1) : driverStep;
  const angles = [TOP, ...Array.from({ length: stages }, (_, index) => TOP + driverStep + index * stageStep)];
  const nodeRadius = Math.min(MAX_NODE_RADIUS, circle.radius * Math.sin(Math.min(stageStep, Math.PI) / 2) * 0.7);
  const nodes = angles.map((angle) => {
    const { x, y } = at(circle, angle);
    return { x: round(x), y: round(y), angle };
  });
  const driverRadius = Math.max(nodeRadius, MIN_DRIVER_RADIUS);
  if (stages === 0) return { nodes, nodeRadius, driverRadius, arcs: [] };
  // Angles that a node with its gap takes of the ring, bounded so that an arc never turns back on itself.
  const gap = Math.min(GAP, nodeRadius);
  const clear = Math.min((nodeRadius + gap) / circle.radius, stageStep * 0.45);
  const driverClear = Math.min((driverRadius + gap) / circle.radius, driverStep * 0.5);
  const arcs = angles.map((angle, index) => {
    const from = angle + (index === 0 ? driverClear : clear);
    const next = angles[index + 1];
    return drawArc(circle, from, next === undefined ? TOP + 2 * Math.PI - driverClear : next - clear);
  });
  return { nodes, nodeRadius, driverRadius, arcs };
}

function drawArc(circle: Circle, from: number, to: number): RingArc {
  const start = at(circle, from);
  const end = at(circle, to);
  const large = to - from > Math.PI ? 1 : 0;
  const move = `M${round(start.x)} ${round(start.y)}`;
  const arc = `A${circle.radius} ${circle.radius} 0 ${large} 1 ${round(end.x)} ${round(end.y)}`;
  const degrees = ((to + Math.PI / 2) * 180) / Math.PI;
  const angle = (from + to) / 2;
  const half = at(circle, angle);
  const middle = { x: round(half.x), y: round(half.y), angle };
  return { path: `${move}${arc}`, middle, tip: { x: round(end.x), y: round(end.y), degrees: round(degrees) } };
}

/** Where a node's label goes: outside the ring, anchored towards it. */
export function placeLabel(
  node: RingNode,
  distance: number,
): { x: number; y: number; anchor: 'start' | 'middle' | 'end' } {
  const cosine = Math.cos(node.angle);
  const anchor = cosine > 0.15 ? 'start' : cosine < -0.15 ? 'end' : 'middle';
  return { x: round(node.x + distance * cosine), y: round(node.y + distance * Math.sin(node.angle)), anchor };
}
