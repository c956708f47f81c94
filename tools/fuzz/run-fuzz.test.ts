// The short fuzz, bounded by time: all that the protocol and the server's document allow is said to a real server in a process of
// its own. FUZZ_SEED makes the same messages again; memory is looked at by `npm run test:fuzz` alone.
import { expect, it } from 'vitest';
import { hasAddress } from './has-address.ts';
import { runFuzz, total } from './run-fuzz.ts';

const DURATION_MS = 15_000;
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Date.now() % 2 ** 31));

it.skipIf(!(await hasAddress('127.0.0.2')))(
  `G3, G5, G6, G7, G8, G16: hostile values in every message leave nothing behind (FUZZ_SEED=${seed})`,
  async () => {
    const { findings, unsaid, state } = await runFuzz({ seed, durationMs: DURATION_MS });
    expect(findings.faults, `FUZZ_SEED=${seed}`).toEqual([]);
    // Each type of the protocol and each route of the document was said; answers, refusals and settled jobs were among what came.
    expect(unsaid).toEqual([]);
    expect(findings.heard['200']).toBeGreaterThan(0);
    expect(findings.heard['error bad-message']).toBeGreaterThan(0);
    expect(findings.heard['frame bad-frame']).toBeGreaterThan(0);
    expect(Object.keys(state.jobs)).toEqual(expect.arrayContaining(['http done', 'tab failed']));
    expect(total(findings.sent)).toBeGreaterThan(1000);
  },
);
