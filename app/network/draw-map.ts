// Draws the map on its two canvases: what stands still, and the tokens that run over it. Each small thing is a path of its own: where
// no GPU draws, a thousand tabs as one path made 21 frames a second, as a thousand paths 48 (`npm run bench -- network-map`).

import { MOST_LABELLED } from './layout-map.ts';
import type { Shown, ShownNode, ShownRing } from './map-motion.ts';
import type { Palette } from './map-palette.ts';

type Pen = Pick<
  CanvasRenderingContext2D,
  | 'arc'
  | 'beginPath'
  | 'clearRect'
  | 'fill'
  | 'fillStyle'
  | 'fillText'
  | 'font'
  | 'globalAlpha'
  | 'lineWidth'
  | 'setLineDash'
  | 'stroke'
  | 'strokeStyle'
  | 'textAlign'
  | 'textBaseline'
>;

export interface MapText {
  parts(start: number, end: number): string;
  time(ms: number): string;
}

const TURN = 2 * Math.PI;
/** Links by how far they reach: the nearer, the stronger the line. */
const REACHES = [
  { toMs: 10, width: 3 },
  { toMs: 50, width: 2 },
  { toMs: Number.POSITIVE_INFINITY, width: 1 },
];
const UNKNOWN_WIDTH = 1;
const RIM_PX = 1.5;
/** Labels of seats that are nearer would lie over each other. */
const LABEL_APART_PX = 62;
/** Behind each token: how far, as a part of a seat's way, how large, how bright. */
const TRAIL = [
  { behind: 0, size: 1, alpha: 1 },
  { behind: 0.09, size: 0.8, alpha: 0.45 },
  { behind: 0.18, size: 0.6, alpha: 0.2 },
];
/** So many seats share a token. */
const SEATS_A_TOKEN = 4;

/** Rings, links, tabs, and labels where there is room. */
export function drawStill(pen: Pen, { nodes, rings }: Shown, size: Size, colours: Palette, text: MapText): void {
  pen.clearRect(0, 0, size.width, size.height);
  for (const ring of rings.filter(({ state }) => state !== 'ready')) {
    pen.setLineDash([3, 4]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = ring.state === 'broken' ? colours.danger : colours.hop;
    pen.beginPath();
    pen.arc(ring.x, ring.y, ring.size, 0, TURN);
    pen.stroke();
  }
  pen.setLineDash([]);
  const ready = rings.filter(({ state }) => state === 'ready');
  for (const isAnswering of [false, true]) drawLinks(pen, ready, isAnswering, colours);
  const of = (kind: ShownNode['kind']): ShownNode[] => nodes.filter((node) => node.kind === kind);
  drawDots(pen, of('waiting'), colours.rest, colours.panel);
  drawDots(pen, of('loading'), colours['accent-soft'], colours.hop);
  drawDots(pen, of('serving'), colours.accent, colours.panel);
  drawDots(pen, of('empty'), colours.panel, colours.danger);
  drawLoaded(pen, of('loading'), colours);
  if (rings.length > MOST_LABELLED) return;
  for (const ring of rings) if (isLabelled(ring)) drawLabels(pen, ring, nodes, colours, text);
}

export interface Size {
  width: number;
  height: number;
}

const isLabelled = ({ size, rttMs }: ShownRing): boolean => (TURN * size) / Math.max(3, rttMs.length) >= LABEL_APART_PX;

function disc(pen: Pen, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, TURN);
  pen.fill();
}

function drawLinks(pen: Pen, rings: readonly ShownRing[], isAnswering: boolean, colours: Palette): void {
  pen.strokeStyle = isAnswering ? colours.accent : colours.control;
  const ofKind = rings.filter((ring) => ring.isAnswering === isAnswering);
  const widthOf = (ms: number | null): number =>
    ms === null ? UNKNOWN_WIDTH : REACHES.find(({ toMs }) => ms <= toMs)!.width;
  for (const { x, y, size, rttMs } of ofKind) {
    const step = TURN / rttMs.length;
    for (const [at, ms] of rttMs.entries()) {
      const from = -Math.PI / 2 + at * step;
      pen.lineWidth = widthOf(ms);
      pen.beginPath();
      pen.arc(x, y, size, from, from + step);
      pen.stroke();
    }
  }
}

/** The rim is a disc below the other: two of these are drawn sooner than one line around one. */
function drawDots(pen: Pen, nodes: readonly ShownNode[], fill: string, rim: string): void {
  pen.fillStyle = rim;
  for (const { x, y, size } of nodes) disc(pen, x, y, size + RIM_PX / 2);
  pen.fillStyle = fill;
  for (const { x, y, size } of nodes) disc(pen, x, y, Math.max(0, size - RIM_PX / 2));
}

function drawLoaded(pen: Pen, nodes: readonly ShownNode[], colours: Palette): void {
  pen.lineWidth = 3;
  pen.strokeStyle = colours.accent;
  for (const { x, y, size, loaded } of nodes) {
    if (loaded === 0) continue;
    pen.beginPath();
    pen.arc(x, y, size, -Math.PI / 2, -Math.PI / 2 + TURN * loaded);
    pen.stroke();
  }
}

function drawLabels(pen: Pen, ring: ShownRing, nodes: readonly ShownNode[], colours: Palette, text: MapText): void {
  const seats = ring.rttMs.length;
  pen.textBaseline = 'middle';
  pen.textAlign = 'center';
  pen.font = '600 13px system-ui, sans-serif';
  pen.fillStyle = colours.ink;
  pen.fillText(shorten(ring.model, (2 * ring.size - 30) / 7.2), ring.x, ring.y);
  pen.font = '12px ui-monospace, monospace';
  for (const { x, y, size, seat } of nodes) {
    if (seat?.ring !== ring.id) continue;
    const [cos, sin] = [Math.cos(seat.angle), Math.sin(seat.angle)];
    const out = size + 9;
    pen.textAlign = sideOf(cos);
    pen.fillStyle = colours.ink;
    pen.fillText(text.parts(seat.start, seat.end), x + out * cos, y + (out + 3) * sin);
  }
  pen.fillStyle = colours.hop;
  for (const [at, ms] of ring.rttMs.entries()) {
    if (ms === null || seats < 2) continue;
    const angle = -Math.PI / 2 + ((at + 0.5) * TURN) / seats;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    pen.textAlign = sideOf(cos);
    pen.fillText(text.time(ms), ring.x + (ring.size + 9) * cos, ring.y + (ring.size + 11) * sin);
  }
}

/** A label stands beside what it is of, on the outer side. */
const sideOf = (cos: number): CanvasTextAlign => (cos > 0.3 ? 'left' : cos < -0.3 ? 'right' : 'center');

const shorten = (name: string, most: number): string =>
  name.length <= most ? name : `${name.slice(0, Math.max(1, Math.floor(most) - 1))}…`;

/** Tokens as they are at `ms`: each runs along its ring, the faster the pool answers. */
export function drawTokens(pen: Pen, rings: readonly ShownRing[], ms: number, size: Size, colours: Palette): void {
  pen.clearRect(0, 0, size.width, size.height);
  pen.fillStyle = colours.ink;
  const running = rings.filter(({ isAnswering, state }) => isAnswering && state === 'ready');
  for (const { behind, size: share, alpha } of TRAIL) {
    pen.globalAlpha = alpha;
    for (const ring of running) {
      const seats = ring.rttMs.length;
      const tokens = Math.ceil(seats / SEATS_A_TOKEN);
      const radius = Math.max(2, Math.min(7, ring.size / 9)) * share;
      for (let token = 0; token < tokens; token++) {
        const turns = (ms / 1000) * lapsPerSecond(ring) + token / tokens - behind / seats;
        const angle = TURN * (turns % 1) - Math.PI / 2;
        disc(pen, ring.x + ring.size * Math.cos(angle), ring.y + ring.size * Math.sin(angle), radius);
      }
    }
  }
  pen.globalAlpha = 1;
}

/** A real lap is often too fast to be seen: slow ones and fast ones are told apart, and no eye has to follow more. */
const lapsPerSecond = ({ tokensPerSecond = 0 }: ShownRing): number => 0.2 + 0.5 * Math.min(1, tokensPerSecond / 50);
