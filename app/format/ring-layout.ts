// Geometry of the coalition's picture: stages clockwise with the entry on top, arcs between, and who asks in the middle. Pure
// numbers, no SVG.

export interface RingNode {
  x: number;
  y: number;
  /** Radians, clockwise from the positive x axis (SVG's y grows downwards). */
  angle: number;
}

/** Where an arrow's tip is and where it points, degrees. */
export interface ArrowTip {
  x: number;
  y: number;
  degrees: number;
}

export interface RingLayout {
  /** Node `i` is stage `i`. */
  nodes: RingNode[];
  nodeRadius: number;
  /** Arc `i` leads from stage `i` to the next one; the last leads back to the entry. None where one stage holds all. */
  arcs: RingArc[];
  /** Who asks: half the width of its box. */
  asker: { x: number; y: number; radius: number };
  /** From who asks to the entry, and from the exit back. With one stage they are one. */
  ways: RingWay[];
}

export interface RingArc {
  /** SVG path data. */
  path: string;
  tip: ArrowTip;
  /** Half way, for a label: a node like any other. */
  middle: RingNode;
}

export interface RingWay {
  path: string;
  tips: ArrowTip[];
}

interface Circle {
  centerX: number;
  centerY: number;
  radius: number;
}

const TOP = -Math.PI / 2;
const MAX_NODE_RADIUS = 20;
/** It has a name to hold. */
const ASKER_RADIUS = 24;
/** Room between a node's rim and the arc's end, in units of the picture. */
const GAP = 5;

const at = ({ centerX, centerY, radius }: Circle, angle: number, share = 1) => ({
  x: round(centerX + share * radius * Math.cos(angle)),
  y: round(centerY + share * radius * Math.sin(angle)),
});

const round = (value: number): number => Math.round(value * 100) / 100;
const degreesOf = (angle: number): number => round((angle * 180) / Math.PI);

/** Places `stages` stages on a circle. Nodes shrink so that 64 stages still do not touch. */
export function layoutRing(stages: number, circle: Circle): RingLayout {
  const step = (2 * Math.PI) / Math.max(1, stages);
  const angles = Array.from({ length: stages }, (_, index) => TOP + index * step);
  const nodeRadius = Math.min(MAX_NODE_RADIUS, circle.radius * Math.sin(Math.min(step, Math.PI) / 2) * 0.7);
  const asker = { x: circle.centerX, y: circle.centerY, radius: ASKER_RADIUS };
  const nodes = angles.map((angle) => ({ ...at(circle, angle), angle }));
  // An angle that a node with its gap takes of the ring, bounded so that an arc never turns back on itself.
  const clear = Math.min((nodeRadius + Math.min(GAP, nodeRadius)) / circle.radius, step * 0.45);
  const arcs = stages > 1 ? angles.map((angle) => drawArc(circle, angle + clear, angle + step - clear)) : [];
  return { nodes, nodeRadius, arcs, asker, ways: drawWays(circle, angles, nodeRadius) };
}

function drawArc(circle: Circle, from: number, to: number): RingArc {
  const [start, end] = [at(circle, from), at(circle, to)];
  const large = to - from > Math.PI ? 1 : 0;
  const arc = `A${circle.radius} ${circle.radius} 0 ${large} 1 ${end.x} ${end.y}`;
  const angle = (from + to) / 2;
  const tip = { ...end, degrees: degreesOf(to + Math.PI / 2) };
  return { path: `M${start.x} ${start.y}${arc}`, middle: { ...at(circle, angle), angle }, tip };
}

function drawWays(circle: Circle, angles: readonly number[], nodeRadius: number): RingWay[] {
  const [first] = angles;
  const last = angles.at(-1);
  if (first === undefined || last === undefined) return [];
  const [inner, outer] = [(ASKER_RADIUS + GAP) / circle.radius, 1 - (nodeRadius + GAP) / circle.radius];
  const out = { ...at(circle, first, outer), degrees: degreesOf(first) };
  const back = { ...at(circle, last, inner), degrees: degreesOf(last + Math.PI) };
  const path = (angle: number): string => {
    const [from, to] = [at(circle, angle, inner), at(circle, angle, outer)];
    return `M${from.x} ${from.y}L${to.x} ${to.y}`;
  };
  if (angles.length === 1) return [{ path: path(first), tips: [out, back] }];
  return [
    { path: path(first), tips: [out] },
    { path: path(last), tips: [back] },
  ];
}

/** Height of a line of a node's label. */
export const LABEL_LINE = 15;

/**
 * Where a node's label goes: outside the ring, anchored towards it. `y` is the middle of its first line: above the ring the last of
 * its lines is the nearest one, beside it they are as much above the node as below.
 */
export function placeLabel(
  node: RingNode,
  distance: number,
  lines = 1,
): { x: number; y: number; anchor: 'start' | 'middle' | 'end' } {
  const cosine = Math.cos(node.angle);
  const anchor = cosine > 0.15 ? 'start' : cosine < -0.15 ? 'end' : 'middle';
  const sine = Math.sin(node.angle);
  const above = ((lines - 1) * LABEL_LINE * (1 - sine)) / 2;
  return { x: round(node.x + distance * cosine), y: round(node.y + distance * sine - above), anchor };
}

/** With more stages the times of hops would lie on nodes and on each other. */
export const MAX_HOP_LABELS = 6;
/** Half of what a time of some five characters takes, and the room between it and its arc. */
const HOP_LABEL = { halfWidth: 20, halfHeight: 5, gap: 8 };

/** The middle of an arc's label: inside the ring, where the stages' own labels are not, its nearest edge by the arc. */
export function placeHop({ middle: { x, y, angle } }: RingArc): { x: number; y: number } {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const inwards = HOP_LABEL.halfWidth * Math.abs(cosine) + HOP_LABEL.halfHeight * Math.abs(sine) + HOP_LABEL.gap;
  return { x: round(x - inwards * cosine), y: round(y - inwards * sine) };
}
