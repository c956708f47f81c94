// Places circles beside each other so that none overlaps: the largest around the middle, the others around those. Pure.

export interface Place {
  x: number;
  y: number;
}

/** Places are tried on a spiral: so far apart are its arms, and those along them. */
const STEP = 1.4;
/** What is so much smaller may fit where the one before did not: the search begins in the middle again. */
const SMALLER = 0.7;

/**
 * Places in the order of `radii`, in a box about `aspect` times as wide as it is high. Equal radii give equal places.
 *
 * @example
 * packCircles([5, 3, 3], 2)[0]; // { x: 0, y: 0 }
 */
export function packCircles(radii: readonly number[], aspect: number): Place[] {
  const order = radii.map((_, index) => index).sort((a, b) => radii[b]! - radii[a]! || a - b);
  const places: Place[] = radii.map(() => ({ x: 0, y: 0 }));
  const grid = new Grid(radii, 2 * Math.max(1, ...radii));
  const wide = Math.sqrt(aspect);
  let turn = 0;
  let begunWith = Number.POSITIVE_INFINITY;
  for (const index of order) {
    const radius = radii[index]!;
    if (radius < begunWith * SMALLER) {
      begunWith = radius;
      turn = 0;
    }
    for (;;) {
      const reach = (STEP * turn) / (2 * Math.PI);
      const place = { x: reach * Math.cos(turn) * wide, y: (reach * Math.sin(turn)) / wide };
      if (grid.take(index, place)) {
        places[index] = place;
        break;
      }
      turn += STEP / Math.max(STEP, reach);
    }
  }
  return places;
}

/** Who is near a place, without a look at all others. */
class Grid {
  readonly #cells = new Map<string, { index: number; place: Place }[]>();
  readonly #radii: readonly number[];
  readonly #size: number;

  constructor(radii: readonly number[], size: number) {
    this.#radii = radii;
    this.#size = size;
  }

  /** False where it would overlap. */
  take(index: number, place: Place): boolean {
    const [column, row] = [Math.floor(place.x / this.#size), Math.floor(place.y / this.#size)];
    for (let x = column - 1; x <= column + 1; x++) {
      for (let y = row - 1; y <= row + 1; y++) {
        for (const other of this.#cells.get(`${x} ${y}`) ?? []) {
          const apart = this.#radii[index]! + this.#radii[other.index]!;
          const [dx, dy] = [other.place.x - place.x, other.place.y - place.y];
          if (dx * dx + dy * dy < apart * apart) return false;
        }
      }
    }
    const key = `${column} ${row}`;
    this.#cells.set(key, [...(this.#cells.get(key) ?? []), { index, place }]);
    return true;
  }
}
