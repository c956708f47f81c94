// What the contracts' toolchain takes: bytes and seconds of its installation, with nothing kept of an earlier one and again; and that the
// paid demo needs no network once that and the product are installed (Linux: in a network of its own whose one cable leads nowhere).
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Aim, atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ensureInstalled, ROOT } from '../tools/install/ensure-installed.mjs';
import { ensureBuilt } from '../tools/site/ensure-built.ts';

const WANTED = ['package.json', 'package-lock.json', 'stub'];
/** A user namespace needs no rights. A browser connects no tabs where the machine has no route at all: this one leads to nobody. */
const ALONE = ['unshare', '-rn', 'sh', '-ec'];
const CABLE = [
  'ip link set lo up',
  'ip link add here type veth peer name nowhere',
  'ip addr add 192.0.2.1/24 dev here',
  'ip link set here up',
  'ip link set nowhere up',
  'ip route add default via 192.0.2.254',
];
const DEMO = [...CABLE, 'exec node tools/demo-paid.mjs --json'].join('\n');
const DEMO_MS = 9 * 60_000;

export default async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'computepool-contracts-'));
  try {
    for (const name of WANTED) cpSync(join(ROOT, 'contracts', name), join(folder, name), { recursive: true });
    const cache = join(folder, 'cache');
    const firstSeconds = install(folder, cache);
    const megabytes = bytesIn(join(folder, 'node_modules')) / 1e6;
    const againSeconds = install(folder, cache);
    const sums = await demoAlone();
    const aims: Aim[] = [
      atMost('MB of contracts/node_modules', 320, megabytes),
      atMost('seconds of npm ci with an empty cache', 30, firstSeconds),
      atLeast('balanced demos without a network', 1, sums.balanced === true ? 1 : 0),
    ];
    const row = { MB: Math.round(megabytes), 'npm ci, s': round(firstSeconds), 'again, s': round(againSeconds) };
    return { name: 'contracts-install', aims, table: [row], results: { megabytes, firstSeconds, againSeconds, sums } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds. Throws npm's own words where it fails. */
function install(folder: string, cache: string): number {
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error', '--cache', cache];
  const fromMs = performance.now();
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ci failed: ${stderr}`);
  return (performance.now() - fromMs) / 1000;
}

/** As its files are long, each once. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0);
}

/** What the demo says in the end. Throws where this machine gives no network of its own, and where the demo fails in it. */
async function demoAlone(): Promise<{ balanced?: boolean }> {
  await ensureInstalled(join(ROOT, 'contracts'));
  await ensureBuilt();
  const [program, ...args] = [...ALONE, DEMO];
  const options = { cwd: ROOT, encoding: 'utf8', timeout: DEMO_MS, maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr } = spawnSync(program!, args, options);
  if (status !== 0) throw new Error(`The demo failed without a network (${status}): ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout) as { balanced?: boolean };
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
