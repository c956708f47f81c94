import { expect, test } from 'vitest';
import { readEvents, type ServerEvent } from './read-events.ts';

async function eventsIn(...parts: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === 'string' ? encoder.encode(part) : part);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test('events are read wherever the network has cut them, in the middle of a character too', async () => {
  const bytes = new TextEncoder().encode('data: {"text":"Grüße"}\n\ndata: [DONE]\n\n');
  const whole = [
    { event: 'message', data: '{"text":"Grüße"}' },
    { event: 'message', data: '[DONE]' },
  ];
  for (let at = 1; at < bytes.length; at++) expect(await eventsIn(bytes.slice(0, at), bytes.slice(at))).toEqual(whole);
});

test('comments that keep a connection are nothing, an error has its name', async () => {
  expect(await eventsIn(': keep-alive\n\n', 'event: error\ndata: {}\n\n', 'data: cut')).toEqual([
    { event: 'error', data: '{}' },
  ]);
});

test('a reader that stops lets the server know', async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel() {
      isCancelled = true;
    },
  });
  for await (const { data } of readEvents(body)) if (data === 'x') break;
  expect(isCancelled).toBe(true);
});
