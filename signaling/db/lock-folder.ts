// A folder that one process has for itself: a lock file in it that names the process. Held until it is released or the
// process is gone, however it went. Never waits.
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** In the folder. Its text is a `Holder` in JSON. */
export const LOCK_FILE = 'server.lock';

const holderSchema = z.object({
  pid: z.number().check(z.int(), z.gt(0)),
  host: z.string().check(z.maxLength(255)),
  /** Where on that host process numbers mean the same; containers may share a host's name. '' as for `bornAt`. */
  namespace: z.string().check(z.maxLength(100)),
  /** Tells the process from a later one with its number; '' where the system does not say. */
  bornAt: z.string().check(z.maxLength(100)),
  /** Tells this very lock from a later one. */
  token: z.string().check(z.maxLength(32)),
});
/** Who holds a folder. */
export type Holder = z.infer<typeof holderSchema>;

export interface FolderLock {
  /** Resolves when another process has the folder: this one was stopped for so long that it was taken for dead. */
  readonly lost: Promise<void>;
  release(): void;
}

/** The file is touched at this pace: on another machine, or in another container, only its age tells that somebody lives. */
const TOUCH_MS = 2_000;
/** A holder elsewhere that touched nothing for this long is gone. */
const STALE_MS = 15_000;

/**
 * The lock, or who has it. Two that come at once never both get it: a lock comes into being whole (as a link to a file that
 * is written before), and one whose holder is gone is taken away only while its text is still that holder's.
 *
 * @param name of the lock file, where it stands for something else in that folder.
 */
export function lockFolder(folder: string, name = LOCK_FILE): FolderLock | Holder | 'unknown' {
  const path = join(folder, name);
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    namespace: namespace(),
    bornAt: bornAt(process.pid),
    token: newToken(),
  };
  const draft = `${path}.${own.token}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      if (tryLink(draft, path)) return hold(path, own);
      const holder = read(path);
      // What cannot be read is somebody's who is writing it, unless it is old.
      if (holder ? isAlive(holder, path) : ageMs(path) < STALE_MS) return holder ?? 'unknown';
      removeDead(path, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function hold(path: string, own: Holder): FolderLock {
  let tellLost: () => void;
  const lost = new Promise<void>((resolve) => {
    tellLost = resolve;
  });
  const touch = setInterval(() => {
    if (keep(path, own)) return;
    clearInterval(touch);
    tellLost();
  }, TOUCH_MS);
  touch.unref();
  return {
    lost,
    release() {
      clearInterval(touch);
      const holder = read(path);
      if (!holder || holder.token === own.token) rmSync(path, { force: true });
    },
  };
}

/** Shows that the holder lives, and mends what became of its file. False when the lock is another's. */
function keep(path: string, own: Holder): boolean {
  try {
    const holder = read(path);
    if (holder && holder.token !== own.token) return false;
    if (holder) utimesSync(path, new Date(), new Date());
    else replace(path, own);
  } catch {
    // The folder is gone: so is what was locked.
  }
  return true;
}

/** A lock that somebody removed or emptied is there again, whole; one that came meanwhile stays. */
function replace(path: string, own: Holder): void {
  const draft = `${path}.${own.token}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    if (!tryLink(draft, path) && !read(path)) renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** True when the name was free. Written before it is named, so that nobody reads half a lock. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes away the lock of a holder that is gone. A second lock guards it, so that of two that found the same dead holder the
 * slower one does not take away the quicker one's new lock. One left behind by a crash within these lines ages away.
 */
function removeDead(path: string, dead: Holder | undefined): void {
  const guard = `${path}.guard`;
  try {
    writeFileSync(guard, '', { flag: 'wx', mode: 0o600 });
  } catch {
    if (ageMs(guard) > STALE_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    if (read(path)?.token === dead?.token) unlinkSync(path);
  } catch {
    // Somebody else took it away.
  } finally {
    rmSync(guard, { force: true });
  }
}

function read(path: string): Holder | undefined {
  try {
    const result = holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname() || holder.namespace !== namespace()) return ageMs(path) < STALE_MS;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // A process of another user lives all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (isZombie(holder.pid)) return false;
  const born = bornAt(holder.pid);
  return holder.bornAt === '' || born === '' || born === holder.bornAt;
}

function ageMs(path: string): number {
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  // One from the future was written by a clock that is wrong: as old as it is early.
  return modifiedMs === undefined ? Number.POSITIVE_INFINITY : Math.abs(Date.now() - modifiedMs);
}

/** Ticks since the boot at which a process began, with the boot's id (proc(5), field 22 of `stat`); '' where there is no /proc. */
function bornAt(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${statFields(pid)[19]}`;
  } catch {
    return '';
  }
}

/** Ended, and not yet fetched by whoever started it: it writes no more. */
function isZombie(pid: number): boolean {
  try {
    return statFields(pid)[0] === 'Z';
  } catch {
    return false;
  }
}

/** From the third field of `stat` on: the name before may hold spaces and parentheses. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The id of this process's PID namespace (pid_namespaces(7)). */
function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

const newToken = (): string => randomBytes(8).toString('hex');
