// Loaded into a server before its own program: watches how long its event loop stands still. SIGUSR2 writes into the file
// `LOOP_FILE` what it saw since the last one, and begins anew.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 5;

const file = process.env.LOOP_FILE;
// Threads of the program are started with the same flags.
if (file && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('SIGUSR2', () => {
    // The histogram counts from one look to the next.
    const blockedMs = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    writeFileSync(file, JSON.stringify({ maxMs: blockedMs(delay.max), p99Ms: blockedMs(delay.percentile(99)) }));
    delay.reset();
  });
}
