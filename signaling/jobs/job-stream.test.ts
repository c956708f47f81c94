// The stream that an HTTP handler reads: order, ends, a reader that is slow and one that never comes.
import { expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { JobStream } from './job-stream.ts';
import type { JobUpdate } from './job-types.ts';
import { allOf, codeOf } from './test-scene.ts';

const place = (index: number): JobUpdate => ({ type: 'queued', place: index, waiting: index, reason: '' });
const placesOf = (updates: readonly JobUpdate[]): number[] =>
  updates.map((update) => (update.type === 'queued' ? update.place : -1));

it('gives what was pushed before and while somebody reads, in order', async () => {
  const stream = new JobStream();
  stream.push(place(1));
  const reading = allOf(stream);
  stream.push(place(2));
  await Promise.resolve();
  stream.push(place(3));
  stream.push(place(4));
  stream.end();
  expect(placesOf(await reading)).toEqual([1, 2, 3, 4]);
});

it('wakes a reader that waits already, for a word and for the end', async () => {
  const stream = new JobStream();
  const reader = stream[Symbol.asyncIterator]();
  const first = reader.next();
  stream.push(place(1));
  expect((await first).value).toEqual(place(1));
  const last = reader.next();
  stream.end();
  expect(await last).toEqual({ done: true, value: undefined });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

it('gives what was pushed before the failure, then the failure', async () => {
  const stream = new JobStream();
  stream.push(place(1));
  stream.fail(new PoolError('stage-failed', 'So it is.'));
  const reader = stream[Symbol.asyncIterator]();
  expect((await reader.next()).value).toEqual(place(1));
  await expect(reader.next()).rejects.toMatchObject({ code: 'stage-failed' });
});

it.each([
  ['end', 'fail', 'none'],
  ['fail', 'end', 'cancelled'],
] as const)('believes the first of %s and %s, and hears nothing after it', async (first, second, code) => {
  const stream = new JobStream();
  const say = {
    end: () => stream.end(),
    fail: () => stream.fail(new PoolError('cancelled', 'The request was cancelled.')),
  };
  say[first]();
  expect(stream.ended).toBe(true);
  stream.push(place(1));
  say[second]();
  const updates = allOf(stream);
  expect(await codeOf(updates)).toBe(code);
  if (code === 'none') expect(await updates).toEqual([]);
});

it('is read once: a second reader is told so, and takes nothing from the first', async () => {
  const stream = new JobStream();
  stream.push(place(1));
  const first = stream[Symbol.asyncIterator]();
  expect((await first.next()).value).toEqual(place(1));
  stream.push(place(2));
  expect(await codeOf(allOf(stream))).toBe('internal');
  expect((await first.next()).value).toEqual(place(2));
});

it('keeps a bounded heap for a reader that does not come, who then hears why it ends', async () => {
  const stream = new JobStream();
  let pushed = 0;
  while (!stream.ended && pushed < 1_000_000) stream.push(place(++pushed));
  expect(pushed).toBeLessThan(1_000_000);
  stream.push(place(0));
  const reader = stream[Symbol.asyncIterator]();
  let read = 0;
  const reading = (async () => {
    for (let next = await reader.next(); !next.done; next = await reader.next()) read++;
  })();
  expect(await codeOf(reading)).toBe('too-large');
  // The one that was too many is not among them, nor what came after the end.
  expect(read).toBe(pushed - 1);
});
