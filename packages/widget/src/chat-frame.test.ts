import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatFrame } from './chat-frame.ts';
import type { FromChat, ToChat } from './words.ts';

const HOST = 'https://pool.example';
const HERE = { computePool: 'here', version: 1 };

let window: EventTarget;
/** What the test opened. */
let opened: { close(): void }[];
beforeEach(() => {
  opened = [];
  vi.useFakeTimers();
  window = new EventTarget();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
});
afterEach(() => {
  for (const each of opened) each.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open() {
  const told: { message: unknown; to: string; port: MessagePort }[] = [];
  const contentWindow = {
    postMessage: (message: unknown, to: string, [port]: MessagePort[]) => told.push({ message, to, port: port! }),
  };
  const frame = { contentWindow, src: '' } as unknown as HTMLIFrameElement;
  const heard: FromChat[] = [];
  const silences: boolean[] = [];
  const reloads: number[] = [];
  const chat = new ChatFrame({
    ...{ frame, address: new URL('/embed?pool=x', HOST), look: () => ({ theme: 'dark' }) as const },
    onMessage: (message) => heard.push(message),
    onReloaded: () => reloads.push(told.length),
    onSilent: (isSilent) => silences.push(isSilent),
  });
  opened.push(chat, { close: () => void told.map(({ port }) => port.close()) });
  const say = (data: unknown, { origin = HOST, source = contentWindow as unknown } = {}): void =>
    void window.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
  return { chat, frame, told, heard, silences, reloads, say };
}

test('the chat says that it is there, gets a channel, and what was held for it', async () => {
  const { chat, frame, told, heard, say } = open();
  expect(frame.src).toBe(`${HOST}/embed?pool=x`);
  chat.send({ type: 'ask', ask: 1, text: 'What?' });
  say(HERE);
  expect(told).toMatchObject([{ message: { computePool: 'hello', version: 1, look: { theme: 'dark' } }, to: HOST }]);
  vi.useRealTimers();
  const got: ToChat[] = [];
  told[0]!.port.onmessage = ({ data }) => got.push(data);
  chat.send({ type: 'stop' });
  await expect.poll(() => got).toEqual([{ type: 'ask', ask: 1, text: 'What?' }, { type: 'stop' }]);
  told[0]!.port.postMessage({ type: 'ready', pool: 'x' });
  await expect.poll(() => heard).toEqual([{ type: 'ready', pool: 'x' }]);
});

test.each([
  ['another frame of that origin', HERE, { source: {} }],
  ['another site in that frame', HERE, { origin: 'https://evil.example' }],
  ['a frame that was blocked', HERE, { origin: 'null' }],
  ['another version', { ...HERE, version: 2 }, {}],
  ['something else', 'here', {}],
  ['nothing', null, {}],
])('%s gets no channel', (_who, data, from) => {
  const { told, silences, say } = open();
  say(data, from);
  expect([told, silences]).toEqual([[], []]);
});

test('who is silent for ten seconds is told of, and heard all the same when it comes', () => {
  const { told, silences, say } = open();
  vi.advanceTimersByTime(9_999);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(silences).toEqual([true]);
  say(HERE);
  expect(silences).toEqual([true, false]);
  expect(told).toHaveLength(1);
});

test('a chat that is loaded anew gets another channel, and that is told; one that was closed is not heard', () => {
  const { chat, told, reloads, say } = open();
  say(HERE);
  expect(reloads).toEqual([]);
  say(HERE);
  expect([told.length, reloads]).toEqual([2, [1]]);
  chat.close();
  say(HERE);
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(2);
});
