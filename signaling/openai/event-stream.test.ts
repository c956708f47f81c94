import { expect, test, vi } from 'vitest';
import { eventStream, SILENCE, within } from './event-stream.ts';

const OPTIONS = { keepAliveMs: 10_000, onCancel: () => {}, writeError: () => 'event: error\n\n' };
const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

test('events go through as they are; a failure is the last event', async () => {
  async function* three(): AsyncGenerator<string> {
    yield 'data: 1\n\n';
    yield 'data: 2\n\n';
    throw new Error('broken');
  }
  expect(await text(eventStream(three(), OPTIONS))).toBe('data: 1\n\ndata: 2\n\nevent: error\n\n');
});

test('nothing is made that nobody reads: one event ahead and no more', async () => {
  let made = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      made += 1;
      yield `data: ${made}\n\n`;
    }
  }
  const reader = eventStream(endless(), OPTIONS).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(made).toBeLessThanOrEqual(2);
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(made).toBeLessThanOrEqual(3);
  await reader.cancel();
});

test('silence is filled with comments, and loses nothing', async () => {
  async function* slow(): AsyncGenerator<string> {
    await new Promise((resolve) => setTimeout(resolve, 60));
    yield 'data: late\n\n';
  }
  expect(await text(eventStream(slow(), { ...OPTIONS, keepAliveMs: 10 }))).toMatch(
    /^(: keep-alive\n\n)+data: late\n\n$/,
  );
});

test('a reader that goes ends the iterator, also one that is waiting', async () => {
  const cleanUp = vi.fn();
  let hangUp = (): void => {};
  async function* waiting(): AsyncGenerator<string> {
    try {
      yield 'data: 1\n\n';
      await new Promise<void>((resolve) => {
        hangUp = resolve;
      });
    } finally {
      cleanUp();
    }
  }
  const onCancel = vi.fn(() => hangUp());
  const reader = eventStream(waiting(), { ...OPTIONS, onCancel }).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await reader.cancel();
  await vi.waitFor(() => expect(cleanUp).toHaveBeenCalledOnce());
  expect(onCancel).toHaveBeenCalledOnce();
});

test('A14: a reader that goes while the stream waits is no failure of it', async () => {
  for (const end of ['silence', 'event', 'error'] as const) {
    const writeError = vi.fn(() => 'event: error\n\n');
    let goOn = (): void => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* waiting(): AsyncGenerator<string> {
      await waits;
      if (end === 'error') throw new Error('too late');
      yield 'data: 1\n\n';
    }
    const keepAliveMs = end === 'silence' ? 10 : 10_000;
    const reader = eventStream(waiting(), { ...OPTIONS, keepAliveMs, writeError }).getReader();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.cancel();
    await new Promise((resolve) => setTimeout(resolve, 15));
    goOn();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(writeError).not.toHaveBeenCalled();
  }
});

test('within: the result, the failure, or silence', async () => {
  expect(await within(Promise.resolve(1), 1000)).toBe(1);
  await expect(within(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
  expect(await within(new Promise(() => {}), 5)).toBe(SILENCE);
});
