// A repo of pseudo-random bytes in a temporary folder, served by the fake hub: what the tests of this folder read.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FakeHub, type FakeHubOptions, startFakeHub } from './fake-hub.ts';
import type { HubLocation } from './hub-location.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface FakeRepo {
  hub: FakeHub;
  location: HubLocation;
  close(): Promise<void>;
}

/** Delays short enough for tests; the rest as in the product. */
export const QUICK_RETRY: RetryPolicy = {
  maxTries: 4,
  baseDelayMs: 2,
  maxDelayMs: 10,
  maxRetryAfterMs: 2_000,
  idleTimeoutMs: 2_000,
  progressBytes: 1_024,
};

/** Writes the files under acme/tiny and starts a hub on them. */
export async function startFakeRepo(
  files: Record<string, Uint8Array | string>,
  options: Omit<FakeHubOptions, 'root'> = {},
): Promise<FakeRepo> {
  const root = await mkdtemp(join(tmpdir(), 'fake-hub-'));
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, 'acme/tiny', path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  const hub = await startFakeHub({ root, ...options });
  return {
    hub,
    location: { hubUrl: hub.url, repo: 'acme/tiny', revision: 'main' },
    async close() {
      await hub.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A generator of whole numbers below `bound`; equal seeds give equal rows (xorshift32: Marsaglia 2003, "Xorshift RNGs"). */
export function seededRandom(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761 + 1) | 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

export function randomBytes(length: number, seed: number): Uint8Array {
  const next = seededRandom(seed);
  return Uint8Array.from({ length }, () => next(256));
}

/** Length and hash: says whether long arrays are equal far sooner than a deep comparison, and fails in one line. */
export function fingerprint(bytes: Uint8Array | undefined): string {
  return `${bytes?.length} ${createHash('sha256')
    .update(bytes ?? 'none')
    .digest('hex')}`;
}
