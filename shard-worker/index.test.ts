// The examples of both doors run as they stand, on a host without a browser.
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { claimSchema } from '../protocol/http/account.ts';
import { settle, startClock, stopClock, until } from './host/test-clock.ts';
import { TestHost } from './host/test-host.ts';
import { openChatPeer } from './peer/chat-peer.ts';
import { claimPeers } from './peer/claim-peers.ts';
import { openStagePeer } from './peer/stage-peer.ts';
import { ANSWER, DRIVEN, grant, settled } from './peer/test-chat-tab.ts';
import { coalitionOf, peerOf, tellOf } from './peer/test-pool.ts';
import { watchPool } from './peer/watch-pool.ts';

const TEXT = ['./index.ts', './watch.ts'].map((door) => readFileSync(new URL(door, import.meta.url), 'utf8')).join('');

/** What each exported constant shows under `@example`, comment marks taken off. */
const examples = new Map(
  [...TEXT.matchAll(/@example\n((?: \*.*\n)+?) \*\/\nexport const (\w+)/g)].map(([, example = '', name = '']) => [
    name,
    example.replace(/^ \* ?/gm, ''),
  ]),
);

/** Runs an example with these names; gives the values of those that it declares. */
async function run(name: string, scope: Record<string, unknown>): Promise<Record<string, unknown>> {
  const source = examples.get(name) ?? '';
  const declared = [...source.matchAll(/^const (\w+)/gm)].map(([, each]) => each);
  const { outputText } = ts.transpileModule(`${source}\nreturn { ${declared.join(', ')} };`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const AsyncFunction = Object.getPrototypeOf(run).constructor;
  return AsyncFunction(...Object.keys(scope), outputText)(...Object.values(scope));
}

let host: TestHost;
/** The answer's text has come. */
let say = (): void => {};
let said: Promise<void>;
const log = vi.fn();
beforeEach(() => {
  stopClock();
  said = new Promise((resolve) => {
    say = resolve;
  });
  host = new TestHost({
    ask: async () => {
      await said;
      return DRIVEN;
    },
  });
  log.mockClear();
});
afterEach(startClock);
const console = { log };

test('every export has an example', () => {
  const exported = [...TEXT.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
  expect([...examples.keys()]).toEqual(exported);
  expect(exported.length).toBeGreaterThan(3);
});

describe('the examples', () => {
  test('openStagePeer tells each phase', async () => {
    const { peer } = await run('openStagePeer', { openStagePeer: openStagePeer.bind(null, host), console });
    await host.welcome();
    await until(() => host.socket.told('offer').length > 0);
    expect(log.mock.calls.flat()).toContain('waiting');
    (peer as ReturnType<typeof openStagePeer>).close();
  });

  test('openChatPeer asks and answers', async () => {
    const ready = async (): Promise<void> => {
      await host.welcome();
      const { pool } = host.socket.told('watch')[0]!;
      host.socket.say(tellOf(coalitionOf(5, 'ready', [peerOf('b'), peerOf('c')], pool)));
      await settle();
    };
    const ran = run('openChatPeer', {
      openChatPeer: (options: Parameters<typeof openChatPeer>[1]) => {
        const peer = openChatPeer(host, options);
        // The reader waits until it is ready; an example has no room for that.
        const { ask } = peer;
        return { ...peer, ask: async (...asked: Parameters<typeof ask>) => ready().then(() => ask.apply(peer, asked)) };
      },
      console,
    });
    await until(() => host.sockets.length > 0 && host.socket.told('ask').length > 0);
    grant({ host } as never, host.socket.told('ask')[0]!.ask);
    await until(() => host.worker.given('ask').length > 0);
    host.worker.tell('text', { id: 1, delta: 'Hi.' });
    say();
    await until(() => host.socket.told('ask-done').length > 0);
    settled({ host } as never);
    expect((await ran).answer).toMatchObject({ text: ANSWER.text });
    expect(log).toHaveBeenCalledWith('Hi.');
  });

  test('watchPool tells how many serve', async () => {
    await run('watchPool', { watchPool: watchPool.bind(null, host), console });
    await host.welcome();
    const { pool } = host.socket.told('watch')[0]!;
    host.socket.say(tellOf(coalitionOf(1, 'ready', [peerOf('b'), peerOf('c')], pool)));
    expect(log).toHaveBeenLastCalledWith(2);
  });

  test('claimPeers sends what the server takes', async () => {
    await host.keepIdentity();
    await host.keepIdentity();
    const sent: unknown[] = [];
    const fetch = async (path: string, { body }: { body: string }) =>
      sent.push([path, claimSchema.parse(JSON.parse(body))]);
    await run('claimPeers', { claimPeers: claimPeers.bind(null, host), fetch });
    expect(sent).toHaveLength(2);
    expect(sent).toEqual([
      ['/api/account/peers', expect.anything()],
      ['/api/account/peers', expect.anything()],
    ]);
  });
});
