import { expect, onTestFinished, test } from 'vitest';
import type { FromChat, ToChat } from '../../packages/widget/src/words.ts';
import { type HostPage, meetHost } from './meet-host.ts';

const APP = 'https://app.example';
const HELLO = { computePool: 'hello', version: 1, look: { theme: 'dark', colours: { accent: 'red' } } };

function open(mayHost = (origin: string) => origin === APP) {
  const window = new EventTarget();
  const told: unknown[] = [];
  const parent = { postMessage: (message: unknown, to: string) => told.push([message, to]) };
  const met: { host: HostPage; look: unknown }[] = [];
  const said: ToChat[] = [];
  const here = Object.assign(window, { parent }) as unknown as Parameters<typeof meetHost>[0]['here'];
  const stop = meetHost({
    ...{ here, mayHost },
    onMet: (host, look) => met.push({ host, look }),
    onSaid: (message) => said.push(message),
  });
  onTestFinished(stop);
  const post = (data: unknown, { origin = APP, source = parent as unknown, isWithChannel = true } = {}) => {
    const { port1, port2 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const event = new Event('message');
    window.dispatchEvent(Object.assign(event, { data, origin, source, ports: isWithChannel ? [port2] : [] }));
    return port1;
  };
  return { told, met, said, post };
}

test('it says that it is there, takes the channel of the page that may show it, and both are heard', async () => {
  const { told, met, said, post } = open();
  expect(told).toEqual([[{ computePool: 'here', version: 1 }, '*']]);
  const port = post(HELLO);
  expect(met).toMatchObject([{ host: { origin: APP }, look: HELLO.look }]);
  const heard = new Promise<FromChat>((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });
  met[0]!.host.say({ type: 'ready', pool: 'a/b@main:q4' });
  expect(await heard).toEqual({ type: 'ready', pool: 'a/b@main:q4' });
  for (const message of [{ type: 'ask', ask: 1, text: 'What?' }, { type: 'ask' }, 'stop', { type: 'stop' }])
    port.postMessage(message);
  await expect.poll(() => said).toEqual([{ type: 'ask', ask: 1, text: 'What?' }, { type: 'stop' }]);
});

test.each([
  ['a page that is not listed', HELLO, { origin: 'https://evil.example' }],
  ['a frame beside it, or whoever opened it', HELLO, { source: {} }],
  ['a page without a channel', HELLO, { isWithChannel: false }],
  ['another version', { ...HELLO, version: 2 }, {}],
  ['somebody else’s words', { type: 'webpackOk' }, {}],
  ['a colour without end', { ...HELLO, look: { colours: { accent: 'x'.repeat(1000) } } }, {}],
])('%s is not heard', (_who, data, from) => {
  const { met, post } = open();
  post(data, from);
  expect(met).toEqual([]);
});

test('the first channel is the one', () => {
  const { met, post } = open();
  post(HELLO);
  post(HELLO);
  expect(met).toHaveLength(1);
});
