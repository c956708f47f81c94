import { expect, it } from 'vitest';
import { type Bridge, makeBridge } from './port-bridge.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

/** What comes out of an end, in order. */
function heard(port: MessagePort): unknown[] {
  const messages: unknown[] = [];
  port.addEventListener('message', ({ data }) => messages.push(data === null ? null : [...new Uint8Array(data)]));
  port.start();
  return messages;
}

function during(use: (bridge: Bridge) => Promise<void>, bridge: Bridge): Promise<void> {
  return use(bridge).finally(() => bridge.close());
}

it('carries both ways, and says to both ends that it is over', () =>
  during(async ({ ends: [a, b] }) => {
    const [atA, atB] = [heard(a), heard(b)];
    a.postMessage(bytes(1).buffer);
    await expect.poll(() => atB).toEqual([[1]]);
    b.postMessage(bytes(2).buffer);
    await expect.poll(() => atA).toEqual([[2]]);
    a.postMessage(null);
    await expect.poll(() => atB).toEqual([[1], null]);
    await expect.poll(() => atA).toEqual([[2], null]);
  }, makeBridge()));

it('shows what passes before it arrives, and holds it as long as it is told', async () => {
  const seen: unknown[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const bridge = makeBridge({
    onMessage(from, message) {
      seen.push([from, ...message]);
      return message[0] === 7 ? held : undefined;
    },
  });
  await during(async ({ ends: [a, b] }) => {
    const atB = heard(b);
    a.postMessage(bytes(7).buffer);
    a.postMessage(bytes(8).buffer);
    await expect.poll(() => atB).toEqual([[8]]);
    expect(seen).toEqual([
      [0, 7],
      [0, 8],
    ]);
    letGo();
    await expect.poll(() => atB).toEqual([[8], [7]]);
  }, bridge);
});
