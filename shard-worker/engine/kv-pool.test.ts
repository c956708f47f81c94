// Caches in random use against a plain record of what each holds: whatever is moved, grown and compacted, every session finds
// its own positions, and memory stays within its bound.
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../protocol/test-random.ts';
import { type FakeBuffer, makeFakeGpu } from './fake-gpu.ts';
import { InPlaceKvCache } from './in-place-kv-cache.ts';
import type { GpuKvContext } from './kv-buffers.ts';
import type { KvBinding } from './kv-cache.ts';
import { KvPool, MAX_BATCH } from './kv-pool.ts';

const LAYERS = 2;
const shape = { kvHeads: 2, headDim: 1, elementBytes: 4 } as const;
const MAX_CONTEXT = 600;
/** Bytes of the least room that a cache has. */
const LEAST_BYTES = 2 * LAYERS * shape.kvHeads * 256 * 4;

function makeCaches(limitBytes: number) {
  const gpu = makeFakeGpu();
  const ports = Array.from({ length: LAYERS }, (_, layer) => ({
    ...{ keyIn: `ki${layer}`, valueIn: `vi${layer}`, keyOut: `ko${layer}`, valueOut: `vo${layer}` },
  }));
  const budget = { limitBytes, usedBytes: 0 };
  const { ort, device } = gpu;
  const exclusive = async <T>(work: () => Promise<T>) => work();
  const context: GpuKvContext = { ort, device, ports, shape, maxContext: MAX_CONTEXT, budget, exclusive };
  const pool = new KvPool(context);
  return { gpu, budget, pool, open: () => new InPlaceKvCache(context, pool) };
}

/** What a model would write of token `token` at `position` of a row, and what it would read. */
const element = (token: number, port: number, head: number): number => token * 100 + port * 10 + head;

function eachElement(
  binding: KvBinding,
  row: number,
  position: number,
  visit: (view: DataView, at: number, port: number, head: number) => void,
) {
  for (const [port, tensor] of Object.values(binding.feeds).entries()) {
    const { gpuBuffer, dims } = tensor as unknown as { gpuBuffer: FakeBuffer; dims: number[] };
    const [rows, heads, positions] = dims as [number, number, number];
    // Thrown and not expected: this runs some million times.
    if (gpuBuffer.isDestroyed || row >= rows || position >= positions) throw new Error('The run has no such place.');
    const view = new DataView(gpuBuffer.bytes.buffer);
    for (let head = 0; head < heads; head++) visit(view, ((row * heads + head) * positions + position) * 4, port, head);
  }
}

/** One row of a run: reads all that the session holds, then writes the new tokens behind it. */
function runRow(binding: KvBinding, row: number, held: readonly number[], added: readonly number[]): void {
  for (const [position, token] of held.entries()) {
    eachElement(binding, row, position, (view, at, port, head) => {
      if (view.getFloat32(at, true) !== element(token, port, head))
        throw new Error(`Position ${position} of row ${row} is another's.`);
    });
  }
  for (const [index, token] of added.entries()) {
    eachElement(binding, row, held.length + index, (view, at, port, head) =>
      view.setFloat32(at, element(token, port, head), true),
    );
  }
}

describe.each([
  ['all memory', Number.POSITIVE_INFINITY],
  ['memory for some', 14 * LEAST_BYTES],
  ['none to share', 0],
])('with %s', (_name, limitBytes) => {
  test.each([1, 2, 3])('every session finds its own, seed %i', (seed) => {
    const random = new SeededRandom(seed);
    const { gpu, budget, pool, open } = makeCaches(limitBytes);
    const sessions: { cache: InPlaceKvCache; tokens: number[] }[] = [];
    let nextToken = 1;
    let shared = 0;
    const alone = ({ cache, tokens }: (typeof sessions)[number], count: number) => {
      if (tokens.length + count > MAX_CONTEXT) return;
      const added = Array.from({ length: count }, () => nextToken++);
      runRow(cache.bind(count), 0, tokens, added);
      cache.commit(count);
      tokens.push(...added);
    };
    for (let round = 0; round < 300; round++) {
      const dice = random.next();
      const some = sessions.filter(() => random.next() < 0.6).slice(0, MAX_BATCH);
      const one = sessions[random.whole(0, sessions.length)];
      if (sessions.length < 6 && dice < 0.2) sessions.push({ cache: open(), tokens: [] });
      else if (one && dice < 0.25) {
        one.cache.dispose();
        sessions.splice(sessions.indexOf(one), 1);
      } else if (one && dice < 0.35) {
        one.tokens.length = Math.floor(one.tokens.length * random.next());
        one.cache.crop(one.tokens.length);
      } else if (one && dice < 0.55) alone(one, random.whole(1, 60));
      else if (some.length > 1) {
        const fitting = some.filter(({ tokens }) => tokens.length < MAX_CONTEXT);
        const run = pool.gather(fitting.map(({ cache }) => cache));
        if (!run) for (const each of fitting) alone(each, 1);
        else {
          shared++;
          for (const [row, cache] of run.rows.entries()) {
            const session = sessions.find((each) => each.cache === cache)!;
            const token = nextToken++;
            // Also those that were not asked for: the model writes their place too.
            runRow(run.binding, row, session.tokens, [token]);
            if (!fitting.includes(session)) continue;
            cache.commit(1);
            session.tokens.push(token);
          }
        }
      }
      // Each may always have what it needs; beyond that nothing is kept against the bound.
      const needed = sessions.reduce((sum, { cache }) => sum + Math.max(LEAST_BYTES, cache.ownBytes), 0);
      if (limitBytes < Number.POSITIVE_INFINITY)
        expect(budget.usedBytes).toBeLessThanOrEqual(Math.max(limitBytes, needed));
    }
    expect(shared > 0).toBe(limitBytes > 0);
    for (const { cache } of sessions) cache.dispose();
    expect(budget.usedBytes).toBe(0);
    expect(gpu.buffers.every(({ isDestroyed }) => isDestroyed)).toBe(true);
  });
});
