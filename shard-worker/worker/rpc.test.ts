import { afterEach, describe, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { connectRpc, type RpcPort, serveRpc } from './rpc.ts';

type Methods = {
  double(params: { value: number }): Promise<number>;
  fail(params: { code: 'kv-missing' | 'crash' }): Promise<never>;
  take(params: { port: MessagePort }): Promise<boolean>;
  later(params: { value: number }): Promise<number>;
};
type Events = { ticked: number };

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A real message channel stands for the worker: structured clone and transfer are the real ones. */
function connect() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  port1.start();
  port2.start();
  const tell = serveRpc<Events>(port2 as unknown as RpcPort, {
    double: async ({ value }: { value: number }) => value * 2,
    fail: ({ code }: { code: 'kv-missing' | 'crash' }) => {
      throw code === 'crash' ? new TypeError('x of undefined') : new PoolError(code, 'Gap.', { data: { held: 3 } });
    },
    take: async ({ port }: { port: MessagePort }) => port instanceof MessagePort,
    later: ({ value }: { value: number }) => new Promise((resolve) => setTimeout(() => resolve(value), 20 - value)),
  } satisfies Record<keyof Methods, unknown>);
  return { client: connectRpc<Methods, Events>(port1 as unknown as RpcPort), tell };
}

describe('a call', () => {
  test('gives the result', async () => {
    expect(await connect().client.call('double', { value: 21 })).toBe(42);
  });

  test('is answered by its own answer, whichever comes first', async () => {
    const { client } = connect();
    const calls = [0, 15, 5].map((value) => client.call('later', { value }));
    expect(await Promise.all(calls)).toEqual([0, 15, 5]);
  });

  test('that fails is rejected with the same typed error', async () => {
    const { client } = connect();
    const failed = client.call('fail', { code: 'kv-missing' });
    await expect(failed).rejects.toBeInstanceOf(PoolError);
    await expect(failed).rejects.toMatchObject({ code: 'kv-missing', message: 'Gap.', data: { held: 3 } });
    await expect(client.call('fail', { code: 'crash' })).rejects.toMatchObject({
      code: 'internal',
      message: 'x of undefined',
    });
  });

  test.each(['missing', 'constructor', '__proto__', 'toString'])(
    'of a method %s that is not there is rejected',
    async (name) => {
      await expect(connect().client.call(name as 'double', { value: 1 })).rejects.toMatchObject({ code: 'internal' });
    },
  );

  test('hands transferables over', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    expect(await connect().client.call('take', { port: port2 }, [port2])).toBe(true);
  });

  test('that cannot be posted is rejected with what the platform threw', async () => {
    const { client } = connect();
    await expect(client.call('double', { value: (() => 1) as never })).rejects.toBeInstanceOf(DOMException);
    expect(await client.call('double', { value: 2 })).toBe(4);
  });
});

test('events reach every listener of their name', async () => {
  const { client, tell } = connect();
  const seen: number[] = [];
  const both = new Promise<void>((resolve) => {
    client.on('ticked', (value) => seen.push(value));
    client.on('ticked', (value) => {
      seen.push(value + 100);
      resolve();
    });
  });
  tell('ticked', 7);
  await both;
  expect(seen).toEqual([7, 107]);
});

test('when the other side is gone, waiting and later calls are rejected', async () => {
  const { client } = connect();
  const waiting = client.call('later', { value: 0 });
  client.end(new PoolError('stage-failed', 'The worker stopped.'));
  await expect(waiting).rejects.toMatchObject({ code: 'stage-failed' });
  await expect(client.call('double', { value: 1 })).rejects.toMatchObject({ code: 'stage-failed' });
});
