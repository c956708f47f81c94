// Lines of test per line of product, room by room. Pure: paths and texts in, rows out.
import { posix } from 'node:path';

export interface RoomLines {
  room: string;
  product: number;
  test: number;
  /** Test per product. */
  ratio: number;
  /** What this room is asked for. */
  least: number;
}

/** Rooms whose faults cost most, and were tested least. */
const THIN_PLACES = ['shard-worker/peer', 'signaling/jobs', 'shard-worker/engine', 'app/state'];
const LEAST_THERE = 1;
const LEAST = 0.8;

/** Tests, what they stand on, and suites that every implementation passes. */
const TEST_CODE = /(\.test\.tsx?|\/(test|fake)-[\w-]+\.tsx?|-compliance\.ts|\/scripted-[\w-]+\.ts)$/;

/** Lines that say something: neither empty nor a comment alone. */
export const countLines = (text: string): number =>
  text.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;

/** Folders of the four programs' code, by the size of what they lack. Components are looked at by browser tests alone. */
export function countRooms(files: ReadonlyMap<string, string>): RoomLines[] {
  const rooms = new Map<string, { product: number; test: number }>();
  for (const [path, text] of files) {
    if (!/^(app|protocol|shard-worker|signaling)\/.*\.ts$/.test(path)) continue;
    const room = posix.dirname(path);
    const counted = rooms.get(room) ?? { product: 0, test: 0 };
    counted[TEST_CODE.test(path) ? 'test' : 'product'] += countLines(text);
    rooms.set(room, counted);
  }
  return [...rooms]
    .filter(([, { product }]) => product > 0)
    .map(([room, { product, test }]) => {
      const least = THIN_PLACES.includes(room) ? LEAST_THERE : LEAST;
      return { room, product, test, ratio: test / product, least };
    })
    .sort((a, b) => a.ratio - a.least - (b.ratio - b.least));
}
