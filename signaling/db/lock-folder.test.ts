import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FolderLock, type Holder, LOCK_FILE, lockFolder } from './lock-folder.ts';

const RUN_MS = 180_000;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'computepool-lock-'));
  path = join(folder, LOCK_FILE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const take = (): FolderLock => {
  const lock = lockFolder(folder);
  if (typeof lock === 'string' || !('release' in lock)) throw new Error(`held by ${JSON.stringify(lock)}`);
  return lock;
};
const write = (holder: Partial<Holder>): void =>
  writeFileSync(path, JSON.stringify({ ...HERE, pid: process.pid, bornAt: '', token: 'x', ...holder }));
const HERE = {
  host: hostname(),
  namespace: process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '',
};
const age = (seconds: number): void => {
  const at = new Date(Date.now() - seconds * 1000);
  utimesSync(path, at, at);
};
/** A number that no process has: the kernel gives them out below it. */
const NO_PID = 2 ** 22 + 1;

test('one holds it until it lets go, and leaves nothing behind', () => {
  const first = take();
  expect(lockFolder(folder)).toMatchObject({ pid: process.pid, host: hostname() });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  first.release();
  take().release();
  expect(readdirSync(folder)).toEqual([]);
});

test('letting go twice lets nobody else’s lock go', () => {
  const first = take();
  first.release();
  const second = take();
  first.release();
  expect(lockFolder(folder)).toMatchObject({ pid: process.pid });
  second.release();
});

test('a process that was killed holds nothing', { timeout: RUN_MS }, async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', holdIn(folder)]);
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toContain('held');
  expect(lockFolder(folder)).toMatchObject({ pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  take().release();
});

test.skipIf(process.platform !== 'linux')(
  'a later process with the number of the one that is gone does not hold it',
  () => {
    write({ bornAt: 'another boot/1' });
    take().release();
  },
);

test('a number that no process has is nobody', () => {
  write({ pid: NO_PID });
  take().release();
});

test.each([
  ['on another machine', { host: 'elsewhere.example' }],
  ['in another container under the same name', { namespace: 'pid:[1]' }],
])('%s only the age of the lock tells', (_where, holder) => {
  write({ pid: NO_PID, ...holder });
  expect(lockFolder(folder)).toMatchObject(holder);
  age(60);
  take().release();
});

test('a lock that cannot be read is somebody’s who writes it, until it is old', () => {
  writeFileSync(path, '{"pid":');
  expect(lockFolder(folder)).toBe('unknown');
  age(60);
  const lock = take();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
});

test('a lock from the future is as old as it is early', () => {
  write({ pid: NO_PID, host: 'elsewhere.example' });
  age(-3600);
  take().release();
});

test.skipIf(process.platform !== 'linux')(
  'a process that has ended and was not fetched holds nothing',
  { timeout: RUN_MS },
  async () => {
    // The shell starts a child that ends when told, and becomes a program that never fetches it.
    const parent = spawn('sh', ['-c', 'cat <&3 3<&- & echo $!; exec sleep 60 3<&-'], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    const [said] = await once(parent.stdout as Readable, 'data');
    const pid = Number(said);
    const fileOf = (of: number | undefined, name: string): string => readFileSync(`/proc/${of}/${name}`, 'utf8');
    await expect.poll(() => fileOf(parent.pid, 'comm')).toBe('sleep\n');
    (parent.stdio[3] as Writable).end();
    await expect.poll(() => fileOf(pid, 'stat')).toMatch(/\) Z /);
    write({ pid });
    take().release();
    parent.kill('SIGKILL');
  },
);

describe('a holder that was stopped for long', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());
  const isLost = (lock: FolderLock): Promise<boolean> =>
    Promise.race([lock.lost.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);

  test('hears that another has the folder, keeps nothing fresh for it and takes nothing from it', async () => {
    const lock = take();
    expect(await isLost(lock)).toBe(false);
    write({ pid: process.pid, token: 'another' });
    age(10);
    const before = statSync(path).mtimeMs;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await isLost(lock)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(before);
    lock.release();
    expect(JSON.parse(readFileSync(path, 'utf8')).token).toBe('another');
  });

  test.each([
    ['removed', () => rmSync(path)],
    ['emptied', () => writeFileSync(path, '')],
  ])('mends a lock that was %s', async (_, harm) => {
    const lock = take();
    harm();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(lockFolder(folder)).toMatchObject({ pid: process.pid });
    expect(await isLost(lock)).toBe(false);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('of many that come at once to a lock whose holder is gone, one gets it', { timeout: RUN_MS }, async () => {
  for (let round = 0; round < 3; round++) {
    write({ pid: NO_PID });
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, [
        '--import',
        'tsx',
        '-e',
        holdIn(folder, `await new Promise((go) => process.stdin.once('data', go));`),
      ]),
    );
    const said = children.map(async (child) => String((await once(child.stdout, 'data'))[0]));
    // They have loaded everything when they read their standard input.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    for (const child of children) child.stdin.write('go');
    const words = await Promise.all(said);
    expect(words.filter((word) => word.includes('held'))).toHaveLength(1);
    const gone = children.map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(gone);
  }
});

/** A program that takes the lock after `first`, says whether it has it, and stays. */
function holdIn(where: string, first = ''): string {
  const module = new URL('./lock-folder.ts', import.meta.url).href;
  return `(async () => {
    const { lockFolder } = await import(${JSON.stringify(module)});
    ${first}
    const lock = lockFolder(${JSON.stringify(where)});
    console.log(typeof lock === 'object' && 'release' in lock ? 'held' : 'busy');
    setInterval(() => {}, 1000);
  })();`;
}
