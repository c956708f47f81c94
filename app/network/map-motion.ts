// Moves what stands on the map to where it belongs, a little at each frame. Pure but for what it remembers.
import type { MapLayout, MapNode, MapRing } from './layout-map.ts';

/** In pixels, as it is drawn at this moment. */
export type ShownNode = MapNode & { size: number };
export type ShownRing = MapRing & { size: number };

export interface Shown {
  nodes: readonly ShownNode[];
  rings: readonly ShownRing[];
}

interface Spot {
  x: number;
  y: number;
  size: number;
}

/** Half of the way in this time. */
const HALF_MS = 60;
/** Nearer than this nobody sees that it moves. */
const THERE_PX = 0.5;
/** A tab is no larger, however few there are. */
const MOST_NODE_PX = 15;
/** A unit is no larger, however few there are. */
const MOST_UNIT_PX = 34;
/** Room for labels around the outermost. */
const PAD_PX = 34;

export class MapMotion {
  /** As drawn last, by key. */
  #spots = new Map<string, Spot>();
  #moves: { shown: Spot; wanted: Spot }[] = [];
  #shown: Shown = { nodes: [], rings: [] };

  /** Where everything is to be from now on. `atOnce`: it is there; else what is new grows where it belongs. */
  set(layout: MapLayout, { width, height }: { width: number; height: number }, atOnce: boolean): void {
    const pad = Math.min(PAD_PX, width / 12);
    const unit = Math.min(
      MOST_UNIT_PX,
      (width - 2 * pad) / Math.max(1, layout.width),
      (height - 2 * pad) / Math.max(1, layout.height),
    );
    const [left, top] = [(width - unit * layout.width) / 2, (height - unit * layout.height) / 2];
    const before = this.#spots;
    this.#spots = new Map();
    this.#moves = [];
    const begin = <T extends { x: number; y: number }>(key: string, thing: T, size: number): T & Spot => {
      const wanted = { x: left + unit * thing.x, y: top + unit * thing.y, size };
      const { x, y, size: shownSize } = atOnce ? wanted : (before.get(key) ?? { ...wanted, size: 0 });
      const shown = { ...thing, x, y, size: shownSize };
      this.#spots.set(key, shown);
      this.#moves.push({ shown, wanted });
      return shown;
    };
    const nodePx = (kind: MapNode['kind']): number => Math.min(MOST_NODE_PX, unit * (kind === 'waiting' ? 0.8 : 1));
    this.#shown = {
      nodes: layout.nodes.map((node) => begin(node.key, node, nodePx(node.kind))),
      rings: layout.rings.map((ring) => begin(ring.id, ring, unit * ring.radius)),
    };
  }

  /** As it is after so many milliseconds more, in the same objects; whether all of it is where it belongs. */
  advance(ms: number): Shown & { isThere: boolean } {
    const rest = 0.5 ** (ms / HALF_MS);
    let isThere = true;
    for (const { shown, wanted } of this.#moves) {
      const [x, y] = [(shown.x - wanted.x) * rest, (shown.y - wanted.y) * rest];
      const size = (shown.size - wanted.size) * rest;
      const isNear = Math.max(Math.abs(x), Math.abs(y), Math.abs(size)) < THERE_PX;
      isThere &&= isNear;
      shown.x = wanted.x + (isNear ? 0 : x);
      shown.y = wanted.y + (isNear ? 0 : y);
      shown.size = wanted.size + (isNear ? 0 : size);
    }
    return { ...this.#shown, isThere };
  }
}
