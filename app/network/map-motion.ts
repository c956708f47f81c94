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
  readonly #spots = new Map<string, Spot>();
  #wanted: Shown = { nodes: [], rings: [] };

  /** Where everything is to be from now on. `atOnce`: it is there. */
  set(layout: MapLayout, { width, height }: { width: number; height: number }, atOnce: boolean): void {
    const pad = Math.min(PAD_PX, width / 12);
    const unit = Math.min(
      MOST_UNIT_PX,
      (width - 2 * pad) / Math.max(1, layout.width),
      (height - 2 * pad) / Math.max(1, layout.height),
    );
    const [left, top] = [(width - unit * layout.width) / 2, (height - unit * layout.height) / 2];
    const at = <T extends { x: number; y: number }>(thing: T) => ({
      ...thing,
      x: left + unit * thing.x,
      y: top + unit * thing.y,
    });
    this.#wanted = {
      nodes: layout.nodes.map((node) => ({
        ...at(node),
        size: Math.min(MOST_NODE_PX, unit * (node.kind === 'waiting' ? 0.8 : 1)),
      })),
      rings: layout.rings.map((ring) => ({ ...at(ring), size: unit * ring.radius })),
    };
    const keys = new Set([...this.#wanted.nodes.map(({ key }) => key), ...this.#wanted.rings.map(({ id }) => id)]);
    for (const key of this.#spots.keys()) if (!keys.has(key)) this.#spots.delete(key);
    for (const { key, x, y, size } of this.#wanted.nodes) this.#begin(key, { x, y, size }, atOnce);
    for (const { id, x, y, size } of this.#wanted.rings) this.#begin(id, { x, y, size }, atOnce);
  }

  /** What is new grows where it belongs. */
  #begin(key: string, spot: Spot, atOnce: boolean): void {
    if (atOnce) this.#spots.set(key, spot);
    else if (!this.#spots.has(key)) this.#spots.set(key, { ...spot, size: 0 });
  }

  /** As it is after so many milliseconds more; whether all of it is where it belongs. */
  advance(ms: number): Shown & { isThere: boolean } {
    const rest = 0.5 ** (Math.min(ms, 10 * HALF_MS) / HALF_MS);
    let isThere = true;
    const move = (key: string, wanted: Spot): Spot => {
      const spot = this.#spots.get(key) ?? wanted;
      const next = {
        x: wanted.x + (spot.x - wanted.x) * rest,
        y: wanted.y + (spot.y - wanted.y) * rest,
        size: wanted.size + (spot.size - wanted.size) * rest,
      };
      const farthest = Math.max(
        Math.abs(next.x - wanted.x),
        Math.abs(next.y - wanted.y),
        Math.abs(next.size - wanted.size),
      );
      const isNear = farthest < THERE_PX;
      isThere &&= isNear;
      const spotNow = isNear ? { x: wanted.x, y: wanted.y, size: wanted.size } : next;
      this.#spots.set(key, spotNow);
      return spotNow;
    };
    const nodes = this.#wanted.nodes.map((node) => ({ ...node, ...move(node.key, node) }));
    const rings = this.#wanted.rings.map((ring) => ({ ...ring, ...move(ring.id, ring) }));
    return { nodes, rings, isThere };
  }
}
