import { expect, it, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { Hop, PageAnswer, PageRing, PageRingState } from '../../shard-worker/page-ring.ts';
import { Demonstration, SLOW_MS } from './demonstration.ts';

const ANSWER = { text: 'A part.', tokenIds: [1, 2], stats: {} } as unknown as PageAnswer;

/** A ring that a test answers by hand. */
function fakeRing() {
  const state = new ValueStore<PageRingState>({ phase: 'loading' });
  const asked: { question: string; handlers: Parameters<PageRing['ask']>[1]; end(result: PageAnswer | Error): void }[] =
    [];
  const held: number[] = [];
  let isClosed = false;
  const ring: PageRing = {
    state,
    ask: (question, handlers) =>
      new Promise((resolve, reject) => {
        const end = (result: PageAnswer | Error) => (result instanceof Error ? reject(result) : resolve(result));
        asked.push({ question, handlers, end });
      }),
    holdBack: (ms) => held.push(ms),
    close: () => {
      isClosed = true;
    },
  };
  return { ring, state, asked, held, isClosed: () => isClosed };
}

const hop = (from: number, to: number, kind: Hop['kind'], computeMs?: number): Hop => ({
  ...{ from, to, kind, bytes: 100, tokens: 1 },
  ...(computeMs === undefined ? {} : { computeMs }),
});

it('forms its ring at the first play, and asks the same one again', async () => {
  const rings = [fakeRing()];
  const open = vi.fn(() => rings[0]!.ring);
  const shown = new Demonstration(open, 'What?');
  expect(shown.state.get()).toMatchObject({ phase: 'loading', question: 'What?', text: '' });
  expect(open).not.toHaveBeenCalled();
  shown.slow(true);
  void shown.play('What?');
  const { asked, state, held } = rings[0]!;
  state.set({ phase: 'ready' });
  await expect.poll(() => shown.state.get().phase).toBe('asking');
  expect(held).toEqual([SLOW_MS]);
  asked[0]!.handlers.onText('A ');
  await expect.poll(() => shown.state.get().text).toBe('A ');
  asked[0]!.end(ANSWER);
  await expect.poll(() => shown.state.get()).toMatchObject({ phase: 'done', text: 'A part.', answer: ANSWER });
  shown.slow(false);
  void shown.play('And?');
  expect(shown.state.get()).toMatchObject({ phase: 'asking', question: 'And?', text: '', hopCount: 0 });
  expect(shown.state.get().answer).toBeUndefined();
  expect(held).toEqual([SLOW_MS, 0]);
  expect(open).toHaveBeenCalledTimes(1);
  shown.close();
  expect(asked[1]!.handlers.signal.aborted).toBe(true);
  expect(rings[0]!.isClosed()).toBe(true);
});

it('shows what is on a wire, the two of the exit together, and what each stage spent', async () => {
  const { ring, asked } = fakeRing();
  const shown = new Demonstration(() => ring, 'What?');
  void shown.play('What?');
  const { onHop } = asked[0]!.handlers;
  const flying = () => shown.state.get().flying.map(({ from, to }) => [from, to]);
  onHop(hop(-1, 0, 'step'));
  onHop(hop(0, 1, 'hidden', 1.5));
  await expect.poll(flying).toEqual([[0, 1]]);
  onHop(hop(1, 2, 'hidden', 2));
  onHop(hop(2, 0, 'result', 3));
  onHop(hop(2, -1, 'result', 3));
  await expect.poll(flying).toEqual([
    [2, 0],
    [2, -1],
  ]);
  const { stageMs, hopCount, hops } = shown.state.get();
  expect(stageMs).toEqual([1.5, 2, 3]);
  expect(hopCount).toBe(5);
  expect(hops[0]).toMatchObject({ from: 2, to: -1, number: 5 });
  for (let lap = 0; lap < 5; lap++) onHop(hop(0, 1, 'hidden', 1));
  await expect.poll(() => shown.state.get().hopCount).toBe(10);
  expect(shown.state.get().hops).toHaveLength(8);
  shown.close();
});

it('forms another ring after one that failed, and tells nothing of an answer that was given up', async () => {
  const rings = [fakeRing(), fakeRing()];
  let opened = 0;
  const shown = new Demonstration(() => rings[opened++]!.ring, 'What?');
  void shown.play('What?');
  rings[0]!.state.set({ phase: 'failed' });
  rings[0]!.asked[0]!.end(new PoolError('download-failed', 'A file did not come.'));
  await expect.poll(() => shown.state.get().error?.code).toBe('download-failed');
  void shown.play('What?');
  expect(opened).toBe(2);
  expect(shown.state.get().error).toBeUndefined();
  shown.close();
  rings[1]!.asked[0]!.end(new PoolError('cancelled', 'The answer was cancelled.'));
  await Promise.resolve();
  expect(shown.state.get().error).toBeUndefined();
});
