// One server process and many peers that are connected at once: joins, heartbeats with measured round trips, leaves.
// The peers are sockets with real keys in this process; no browser. The baseline is the same server with nobody connected.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HEARTBEAT_MS } from '../protocol/limits.ts';
import { TestPeer } from '../signaling/control/test-peer.ts';
import { openDatabase } from '../signaling/db/open-database.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';

/** The unit in which Linux counts CPU time in /proc. */
const TICKS_PER_SECOND = 100;
/** Neighbours whose round trip a peer reports in each heartbeat. */
const NEIGHBOURS = 8;

interface Usage {
  cpuMs: number;
  residentBytes: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { peers: { type: 'string', default: '200' }, seconds: { type: 'string', default: '30' } },
  });
  const count = Number(values.peers);
  const seconds = Number(values.seconds);
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-bench-'));
  // Making a database takes several hundred megabytes once; a server that runs has it behind itself.
  await (await openDatabase({ dataDir })).close();
  const server = spawn(process.execPath, ['--import', 'tsx', 'bench/support/control-plane-server.ts', dataDir, '8'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const peers: TestPeer[] = [];
  let beat: NodeJS.Timeout | undefined;
  try {
    const url = await urlOf(server);
    const pid = server.pid!;
    const alone = await during(pid, seconds);

    const joining = performance.now();
    const before = usageOf(pid);
    for (let index = 0; index < count; index++) {
      const peer = await TestPeer.join(url);
      peer.offer();
      peers.push(peer);
    }
    const joinMs = performance.now() - joining;
    const joinCpuMs = usageOf(pid).cpuMs - before.cpuMs;

    let turn = 0;
    beat = setInterval(() => {
      const peer = peers[turn++ % peers.length]!;
      const rtts = Array.from({ length: NEIGHBOURS }, (_, step) => ({
        peer: peers[(turn + step * 7) % peers.length]!.peer,
        ms: 10 + ((turn * 13 + step * 29) % 90),
      }));
      peer.send({ type: 'heartbeat', at: performance.now(), sessions: 1, tokens: turn, rtts });
      // What a test keeps to look at would be this process's memory only.
      peer.inbox.length = 0;
    }, HEARTBEAT_MS / count);
    await sleep(2000);
    const full = await during(pid, seconds);
    clearInterval(beat);

    const leaving = performance.now();
    const beforeLeave = usageOf(pid);
    await Promise.all(
      peers.map((peer) => {
        peer.socket.close();
        return peer.closed;
      }),
    );
    while ((await peersOf(url)) > 0) await sleep(10);
    const leaveMs = performance.now() - leaving;
    const leaveCpuMs = usageOf(pid).cpuMs - beforeLeave.cpuMs;
    await sleep(2000);
    const after = usageOf(pid);

    const row = (what: string, { cpuMs, residentBytes }: Usage, wallMs: number) => ({
      what,
      'wall ms': wallMs.toFixed(0),
      'CPU ms': cpuMs.toFixed(0),
      'of one core': `${((100 * cpuMs) / wallMs).toFixed(2)} %`,
      'resident MB': (residentBytes / 1e6).toFixed(0),
    });
    return {
      name: 'control-plane',
      table: [
        row('nobody connected', alone, seconds * 1000),
        row(
          `${count} join, one after the other`,
          { cpuMs: joinCpuMs, residentBytes: usageOf(pid).residentBytes },
          joinMs,
        ),
        row(`${count} connected, a heartbeat each ${HEARTBEAT_MS / 1000} s`, full, seconds * 1000),
        row(`${count} leave at once`, { cpuMs: leaveCpuMs, residentBytes: after.residentBytes }, leaveMs),
      ],
      results: {
        setting: {
          peers: count,
          seconds,
          heartbeatMs: HEARTBEAT_MS,
          neighboursPerHeartbeat: NEIGHBOURS,
          database: 'pglite',
        },
        alone,
        join: { wallMs: joinMs, cpuMs: joinCpuMs, perPeerMs: joinMs / count },
        full: { ...full, cpuShare: full.cpuMs / (seconds * 1000) },
        leave: { wallMs: leaveMs, cpuMs: leaveCpuMs },
        residentBytesAfter: after.residentBytes,
        residentBytesPerPeer: (full.residentBytes - alone.residentBytes) / count,
      },
    };
  } finally {
    clearInterval(beat);
    for (const peer of peers) peer.socket.terminate();
    server.kill('SIGTERM');
    await new Promise((resolve) => (server.exitCode === null ? server.once('exit', resolve) : resolve(undefined)));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** CPU over these seconds, memory at their end. */
async function during(pid: number, seconds: number): Promise<Usage> {
  const before = usageOf(pid);
  await sleep(seconds * 1000);
  const after = usageOf(pid);
  return { cpuMs: after.cpuMs - before.cpuMs, residentBytes: after.residentBytes };
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, residentBytes: Number(resident?.[1] ?? 0) * 1024 };
}

async function peersOf(url: string): Promise<number> {
  const health = (await (await fetch(`${url}/healthz`)).json()) as { peers: number };
  return health.peers;
}

/** From the line that it prints once it serves. */
function urlOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout!.on('data', (chunk) => {
      text += chunk;
      const url = /serves at (http:\/\/\S+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
    server.once('exit', (code) => reject(new Error(`The server ended with ${code} before it served.`)));
  });
}
