// A fuzz run: a real server in a process of its own, lanes that say all that its protocol and its document allow, and then the
// question what is left of it. Bounded by time. The same seed makes the same messages; what the server is at when one of them
// comes is the machine's.
import { setTimeout as sleep } from 'node:timers/promises';
import { poolIdOf } from '../../protocol/ids.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { DEFAULT_MODEL } from '../../signaling/config/defaults.ts';
import { manifestOf } from '../../signaling/planner/test-manifest.ts';
import { askHttp } from './ask-http.ts';
import { Deck } from './deck.ts';
import { Findings } from './findings.ts';
import { fuzzBroker } from './fuzz-broker.ts';
import { CLIENT_MESSAGES, fuzzControl, fuzzHello } from './fuzz-control.ts';
import { fuzzHttp } from './fuzz-http.ts';
import { joinHonestTab } from './honest-tab.ts';
import { KnownValues } from './known-values.ts';
import type { LaneOptions } from './lane-options.ts';
import { People } from './persona.ts';
import { readOperations } from './read-operations.ts';
import { startTarget, type Target, type TargetState } from './target.ts';
import { fuzzFrames } from './test-frames.ts';

export interface FuzzOptions {
  seed: number;
  durationMs: number;
  /** Shares of the run, ascending, at which memory is measured while the lanes pause; the last one ends it. */
  measureAt?: readonly number[];
  onProgress?(text: string): void;
}

export interface FuzzReport {
  seed: number;
  durationMs: number;
  findings: Findings;
  /** Message types of the protocol and routes of the document that were never said. */
  unsaid: string[];
  /** After a collection of garbage, one for each share. */
  memory: { share: number; heapBytes: number; rssBytes: number; externalBytes: number; rows: number }[];
  /** When all was over. */
  state: TargetState;
  /** How long what came over HTTP took to be over. */
  drainMs: number;
}

const POOL = poolIdOf(DEFAULT_MODEL);
const MANIFEST = manifestOf({ maxContext: 512 });
const KNOWN = {
  pool: [POOL, POOL, `${POOL}/evil`, 'owner/model@main:q4'],
  model: [DEFAULT_MODEL.repo, DEFAULT_MODEL.repo, POOL, `${POOL}/evil`],
  repo: [DEFAULT_MODEL.repo, 'owner/model'],
  manifest: [MANIFEST],
  webhook: ['https://example.invalid/hook', 'https://127.0.0.1/', 'http://[::1]/'],
  max_tokens: [1, 4, 64],
  max_completion_tokens: [1, 4],
};
const LANES = [
  ...(['http', 'http', 'http', 'http', 'http', 'http', 'control', 'control', 'control', 'control'] as const),
  ...(['hello', 'broker', 'broker', 'frames'] as const),
];
/** A short run goes on until everything was said, so many times as long at most. */
const MOST_TIMES = 6;
/** Whoever waits behind a closed door looks again after this time. */
const LOOK_MS = 20;
/** Answers, settlements and the patience of those who hung up. */
const DRAIN_MS = 120_000;
const PAUSE_MS = 3000;

export async function runFuzz({ seed, durationMs, measureAt, onProgress }: FuzzOptions): Promise<FuzzReport> {
  const findings = new Findings();
  const fault = (what: string): void => findings.fault('server', what);
  const target = await startTarget(
    {
      ...{ logger: 'error', ratePerMinute: 1e9, welcomeMicros: 1e9, welcomesPerAddressPerDay: 1e9, maxQueue: 40 },
      timing: { joinDebounceMs: 5, leaveDebounceMs: 5, receiptTimeoutMs: 50, desertedMs: 300, helloTimeoutMs: 3000 },
      manifest: MANIFEST,
    },
    fault,
  );
  try {
    const gate = { isOver: false, isPaused: false };
    const { url } = target;
    const known = new KnownValues(KNOWN);
    const operations = await readOperations(url);
    const lane = (name: string, fuzz: (options: LaneOptions) => Promise<void>, at: number): Promise<void> => {
      const random = new SeededRandom(seed + 7919 * at);
      const mayGoOn = async (): Promise<boolean> => {
        while (gate.isPaused && !gate.isOver) await sleep(LOOK_MS);
        // Others have their turn, also where a lane only computes.
        await new Promise(setImmediate);
        return !gate.isOver;
      };
      const options = { name, url, random, findings, known, address: addresses(at), mayGoOn };
      return fuzz(options).catch((error: Error) => {
        if (!gate.isOver) findings.fault(name, `the lane ended: ${error.stack}`);
      });
    };
    const people = await People.gather(url, addresses(0));
    const scene = { operations, people, deck: new Deck(operations.list) };
    const honest = await joinHonestTab(url, MANIFEST);
    const http = (options: LaneOptions): Promise<void> => fuzzHttp(options, scene);
    const control = (options: LaneOptions): Promise<void> => fuzzControl(options, MANIFEST);
    const kinds = { http, control, hello: fuzzHello, broker: fuzzBroker, frames: fuzzFrames };
    const beginMs = performance.now();
    const lanes = LANES.map((kind, at) => lane(`${kind}-${at + 1}`, kinds[kind], at + 1));
    const memory: FuzzReport['memory'] = [];
    const wanted = [
      ...[...CLIENT_MESSAGES.keys()].map((type) => `control ${type}`),
      ...operations.list.map(({ method, path }) => `${method} ${path}`),
    ];
    const unsaid = (): string[] => wanted.filter((kind) => !Object.hasOwn(findings.sent, kind));
    // A short run on a machine that does other things has not said everything by then.
    const isCut = (ranMs: number): boolean =>
      measureAt === undefined && ranMs < MOST_TIMES * durationMs && (unsaid().length > 0 || !findings.heard['200']);
    for (const share of measureAt ?? [1]) {
      const ranMs = (): number => performance.now() - beginMs;
      while ((ranMs() < share * durationMs || isCut(ranMs())) && !hasEnded(findings)) await sleep(LOOK_MS);
      if (measureAt === undefined || hasEnded(findings)) continue;
      gate.isPaused = true;
      await sleep(PAUSE_MS);
      memory.push(await measure(target, share));
      gate.isPaused = false;
      const [{ heapBytes } = { heapBytes: 0 }] = memory.slice(-1);
      onProgress?.(`${share} of the run: ${total(findings.sent)} messages, ${Math.round(heapBytes / 1e6)} MB of heap`);
    }
    gate.isOver = true;
    honest.socket.close();
    await Promise.race([Promise.all(lanes), sleep(DRAIN_MS)]);
    const drainMs = await drain(target, measureAt !== undefined, fault);
    const { status } = await askHttp({ method: 'GET', url: `${url}/healthz` });
    if (status !== 200) fault(`/healthz answers ${status}`);
    await target.end();
    const state = await target.state();
    judgeState(state, fault);
    return { seed, durationMs, findings, unsaid: unsaid(), memory, state, drainMs };
  } finally {
    await target.close();
  }
}

/** 127.0.0.0/8 without its first network, where honest tabs are. */
function addresses(lane: number): () => string {
  let at = 0;
  return () => {
    at += 1;
    return `127.${10 + lane}.${Math.floor(at / 250) % 250}.${1 + (at % 250)}`;
  };
}

export const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0);

/** Without its server a run finds nothing more. */
const hasEnded = ({ faults }: Findings): boolean => faults.some(({ what }) => what.startsWith('The server ended'));

async function measure(target: Target, share: number): Promise<FuzzReport['memory'][number]> {
  const { heapUsed, rss, external } = await target.memory();
  const { jobs } = await target.state();
  return { share, heapBytes: heapUsed, rssBytes: rss, externalBytes: external, rows: total(jobs) };
}

/**
 * Jobs and batches that came over HTTP end by themselves once nobody serves. A tab that vanished has a minute to come back, and
 * ten to sign the rest: `isPatient` waits for the first; for the second nobody does, the end of the server ends it.
 */
async function drain(target: Target, isPatient: boolean, fault: (what: string) => void): Promise<number> {
  const beginMs = performance.now();
  const isLeft = ({ jobs, batches, batchItems }: TargetState): boolean => {
    const live = Object.entries(jobs).filter(([name, rows]) => rows > 0 && !/ (done|failed)$/.test(name));
    const waits = isPatient ? /^tab settling$/ : /^tab (running|settling)$/;
    return live.some(([name]) => !waits.test(name)) || !!batches.cancelling || !!batchItems.running;
  };
  for (;;) {
    const state = await target.state();
    const drainMs = Math.round(performance.now() - beginMs);
    if (!isLeft(state)) return drainMs;
    if (drainMs > DRAIN_MS) {
      fault(`Rows are left: ${JSON.stringify(state)}`);
      return drainMs;
    }
    await sleep(200);
  }
}

/** After the end of all jobs. */
function judgeState({ totals, live, jobs }: TargetState, fault: (what: string) => void): void {
  const { availableMicros, heldMicros, issuedMicros, openHolds } = totals;
  const open = Object.keys(jobs).filter((name) => !/ (done|failed)$/.test(name));
  if (open.length > 0) fault(`Rows are stuck: ${JSON.stringify(jobs)}`);
  if (heldMicros !== 0 || openHolds !== 0) fault(`${openHolds} holds with ${heldMicros} micros are left`);
  if (availableMicros !== issuedMicros) fault(`${issuedMicros} micros were given out and ${availableMicros} are there`);
  if (live.running + live.waiting > 0) fault(`Jobs are alive: ${JSON.stringify(live)}`);
}
