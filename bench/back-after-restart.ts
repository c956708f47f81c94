// A server with many tabs is killed and started again: how soon all are back, how they spread, and how long its event loop stands
// still meanwhile. Tabs are the real control clients with real keys, and beside each the broker's socket; no browser, no model.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { parseServerMessage } from '../protocol/control.ts';
import { newIdentityKeys } from '../protocol/identity.ts';
import { type PoolId, poolIdOf } from '../protocol/ids.ts';
import type { HostSocket } from '../shard-worker/host/host.ts';
import { ControlClient } from '../shard-worker/peer/control-client.ts';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { startServerProcess } from '../tools/server/server-process.ts';
import { quantile } from './support/quantile.ts';

/** A server takes 256 sockets and 240 new ones a minute of one address: tabs come from many. */
const TABS_PER_ADDRESS = 100;
/** Tabs that are let in at the beginning, at once. */
const JOINING = 50;
const POOL = poolIdOf({ repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' });
const WAIT_MS = 120_000;
const WINDOW_MS = 100;

interface Loop {
  maxMs: number;
  p99Ms: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { tabs: { type: 'string', default: '1000' }, away: { type: 'string', default: '2' } },
  });
  const count = Number(values.tabs);
  const folder = mkdtempSync(join(tmpdir(), 'computepool-loop-'));
  const loopFile = join(folder, 'loop.json');
  process.env.LOOP_FILE = loopFile;
  const server = await startServerProcess(['--no-site'], ['--import', './bench/support/watch-loop.ts']);
  const tabs: Tab[] = [];
  try {
    for (let index = 0; index < count; index++) {
      tabs.push(await Tab.open(server.url, POOL, `127.0.0.${2 + Math.floor(index / TABS_PER_ADDRESS)}`));
      if (index % JOINING === JOINING - 1) await allBack(tabs);
    }
    await allBack(tabs);
    await readLoop(server.pid, loopFile);
    await sleep(2000);
    const calm = await readLoop(server.pid, loopFile);

    await server.kill();
    await sleep(Number(values.away) * 1000);
    const startingMs = performance.now();
    await server.start();
    const servesMs = performance.now();
    // Loading its program blocks a server that nobody can reach yet.
    await readLoop(server.pid, loopFile);
    await allBack(tabs);
    const loop = await readLoop(server.pid, loopFile);
    // A tab may be back before the process has said that it serves.
    const backMs = tabs.map(({ backAtMs }) => Math.max(0, backAtMs - servesMs)).sort((a, b) => a - b);
    const windows = Array.from({ length: Math.ceil((backMs.at(-1)! + 1) / WINDOW_MS) }, () => 0);
    for (const ms of backMs) windows[Math.floor(ms / WINDOW_MS)]!++;
    const lastMs = backMs.at(-1)!;
    return {
      name: 'back-after-restart',
      table: [
        {
          tabs: count,
          'back: median ms': quantile(backMs, 0.5).toFixed(0),
          'last ms': lastMs.toFixed(0),
          [`most in ${WINDOW_MS} ms`]: Math.max(...windows),
          'loop stood still, ms': loop.maxMs.toFixed(0),
          'in calm, ms': calm.maxMs.toFixed(0),
        },
      ],
      aims: [
        atMost(`seconds until ${count} tabs are back`, 10, lastMs / 1000),
        atMost('ms that the event loop stood still', 200, loop.maxMs),
      ],
      results: {
        setting: {
          tabs: count,
          awaySeconds: Number(values.away),
          tabsPerAddress: TABS_PER_ADDRESS,
          database: 'pglite',
        },
        startMs: servesMs - startingMs,
        backMs: { median: quantile(backMs, 0.5), p99: quantile(backMs, 0.99), last: lastMs },
        backPerWindow: { windowMs: WINDOW_MS, tabs: windows },
        loop,
        calm,
      },
    };
  } finally {
    for (const tab of tabs) tab.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a tab that watches a pool opens at its server, and nothing else of it. */
class Tab {
  isBack = false;
  backAtMs = 0;
  #control: ControlClient | undefined;
  #broker: WebSocket | undefined;

  static async open(url: string, pool: PoolId, localAddress: string): Promise<Tab> {
    const tab = new Tab();
    const keys = await newIdentityKeys();
    const address = url.replace('http', 'ws');
    const control = new ControlClient(
      `${address}/control`,
      keys,
      {
        onWelcome({ peer, brokerToken }) {
          control.send({ type: 'watch', pool });
          const broker = new WebSocket(`${address}/peerjs/peerjs?key=peerjs&id=${peer}&token=${brokerToken}`, {
            localAddress,
          });
          broker.on('error', () => {});
          broker.once('message', () => {
            tab.isBack = true;
            tab.backAtMs = performance.now();
          });
          tab.#broker = broker;
        },
        onMessage() {},
        onDown() {
          tab.isBack = false;
          tab.#broker?.terminate();
        },
        vitals: () => ({ sessions: 0, tokens: 0 }),
      },
      { read: parseServerMessage, open: (to) => openFrom(to, localAddress) },
    );
    tab.#control = control;
    return tab;
  }

  close(): void {
    this.#control?.close();
    this.#broker?.terminate();
  }
}

/** As a browser's socket, from an address of this machine. */
function openFrom(url: string, localAddress: string): HostSocket {
  const socket = new WebSocket(url, { localAddress });
  socket.on('error', () => {});
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
    onMessage: (listener) => socket.on('message', (data) => listener(String(data))),
    onClose: (listener) => socket.on('close', () => listener()),
  };
}

async function allBack(tabs: readonly Tab[]): Promise<void> {
  const untilMs = performance.now() + WAIT_MS;
  while (!tabs.every(({ isBack }) => isBack)) {
    const missing = tabs.filter(({ isBack }) => !isBack).length;
    if (performance.now() > untilMs) throw new Error(`${missing} tabs of ${tabs.length} are not back.`);
    await sleep(20);
  }
}

/** What the server's loop did since it was last asked. */
async function readLoop(pid: number, file: string): Promise<Loop> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (;;) {
    await sleep(20);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Loop;
    } catch {
      // Not written yet.
    }
  }
}
