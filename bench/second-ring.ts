// Sixteen callers at once on one ring of two tabs, and on the two rings that form when two more tabs lend themselves: tokens per
// second of all together. Server, queue, rings, frames and sessions are the real ones; links are in memory and the compute is
// simulated: it sleeps, so that two cores show what four devices would do.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type OpenAI from 'openai';
import { openAccount } from '../e2e/support/api-account.ts';
import type { ServerMessage } from '../protocol/control.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { Conversation } from '../shard-worker/driver/conversation.ts';
import { LAYERS, makeRing, PROMPT, type TestSlice, testOptions } from '../shard-worker/driver/test-ring.ts';
import { arithmeticExecutor } from '../shard-worker/engine/arithmetic-executor.ts';
import { SessionTable } from '../shard-worker/ring/session-table.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { TestPeer } from '../signaling/control/test-peer.ts';
import { testReader } from '../signaling/models/test-reader.ts';
import { manifestOf } from '../signaling/planner/test-manifest.ts';
import { type RunningServer, startServer } from '../signaling/start-server.ts';
import { atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { startProgress } from './support/bench-progress.ts';
import { summarise } from './support/quantile.ts';

const STAGES = 2;
const CALLERS = 16;
const AIM = 1.8;
const MAX_TOKENS = 32;
/** What a stage takes for each row of a step: no row is cheaper beside others, as on WASM. */
const ROW_MS = 8;
/** Callers have spread over the rings. */
const SETTLE_MS = 6_000;
const LOOK_MS = 50;
const ASKED = PROMPT.slice(0, 4);
const PATIENCE_MS = 60_000;
const MANIFEST = manifestOf({ maxContext: 1024 });

export default async function run(args: string[]): Promise<BenchResult> {
  const options = { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '15' } } as const;
  const { values } = parseArgs({ args, options });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const server = await startServer({
    ...{ port: 0, logger: 'error', reader: testReader(MANIFEST), stages: STAGES, canary: false },
    ...{ welcomeMicros: 1_000_000_000, ratePerMinute: 100_000, maxQueuePerAccount: CALLERS },
  });
  const tabs: Tab[] = [];
  const progress = startProgress(rounds);
  const measured: { one: number; two: number; ratio: number; wrong: number }[] = [];
  try {
    for (let at = 0; at < STAGES; at++) tabs.push(await openTab(server.url, at));
    const { client } = await openAccount(server.url, 'caller');
    for (let round = 0; round < rounds; round++) {
      await ringsReady(server, 1);
      const one = await pace(client, { seconds, onBusy: async () => {} });
      const spares = [await openTab(server.url, STAGES), await openTab(server.url, STAGES + 1)];
      const two = await pace(client, { seconds, onBusy: () => ringsReady(server, 2) });
      for (const spare of spares) spare.close();
      await ringsReady(server, 1);
      const ratio = two.rate / one.rate;
      measured.push({ one: one.rate, two: two.rate, ratio, wrong: one.wrong + two.wrong });
      progress.step(`ratio ${ratio.toFixed(2)}`);
    }
    progress.done();
  } finally {
    for (const tab of tabs) tab.close();
    await server.close();
  }
  const [one, two, ratio] = (['one', 'two', 'ratio'] as const).map((of) => summarise(measured.map((each) => each[of])));
  const row = (rings: number, rate: ReturnType<typeof summarise>) => ({
    rings,
    callers: CALLERS,
    'tok/s together': rate.median.toFixed(1),
    'from to': rate.range.map((each) => each.toFixed(1)).join(' to '),
  });
  return {
    name: 'second-ring',
    table: [row(1, one!), row(2, two!)],
    aims: [
      atLeast('times the pace of one ring: two rings, 16 callers, compute that sleeps', AIM, ratio!.median),
      atMost(
        'answers that were not those of one tab alone',
        0,
        measured.reduce((sum, { wrong }) => sum + wrong, 0),
      ),
    ],
    results: {
      setting: { stages: STAGES, callers: CALLERS, maxTokens: MAX_TOKENS, rowMs: ROW_MS, seconds, compute: 'sleeps' },
      ...{ one, two, ratio, rounds: measured },
    },
  };
}

interface Tab {
  close(): void;
}

/** A tab without a browser: what it is asked to drive goes over a ring of its own coalition. */
async function openTab(url: string, number: number): Promise<Tab> {
  const peer = await TestPeer.join(url);
  const rings = new Map<number, ReturnType<typeof makeRing>>();
  const pool = poolIdOf(DEFAULT_MODEL);
  const hear = async (message: ServerMessage): Promise<void> => {
    if (message.type === 'probe') peer.send({ type: 'present', at: message.at });
    if (message.type === 'retire') rings.delete(message.epoch);
    if (message.type === 'receipt-request') {
      peer.send({ type: 'receipts', job: message.job, epoch: message.epoch, receipts: [] });
    }
    if (message.type === 'coalition' && message.coalition.state === 'forming') peer.ready(message.coalition.epoch);
    if (message.type === 'warm') {
      for (const layers of message.layers) peer.send({ type: 'spare-warm', pool, ...layers });
    }
    if (message.type !== 'job-start') return;
    const { job, epoch } = message;
    const ring =
      rings.get(epoch) ??
      makeRing([LAYERS / STAGES], { epoch, lapTimeoutMs: PATIENCE_MS, slices: sleepingSlices(number) });
    rings.set(epoch, ring);
    await drive(peer, job, new Conversation(async () => ring.client));
  };
  for (const message of peer.inbox.splice(0)) void hear(message);
  peer.socket.on('message', () => {
    for (const message of peer.inbox.splice(0)) void hear(message);
  });
  peer.offer(MANIFEST);
  return { close: () => peer.socket.terminate() };
}

async function drive(peer: TestPeer, job: string, conversation: Conversation): Promise<void> {
  const say = (events: unknown[]): void => peer.send({ type: 'job-events', events } as Parameters<TestPeer['send']>[0]);
  const startedMs = performance.now();
  say([{ type: 'started', job, promptTokens: ASKED.length }]);
  const onToken = ({ id }: { id: number }): undefined => {
    say([{ type: 'delta', job, choice: 0, text: `${id} `, ids: [id] }]);
  };
  await conversation.generate(ASKED, testOptions({ maxTokens: MAX_TOKENS, onToken: onToken as never }));
  conversation.close();
  const totalMs = performance.now() - startedMs;
  const none = { epoch: 1, route: [], returnHopMs: 0, lapMs: 1, draftMs: 0, laps: MAX_TOKENS, drafted: 0, accepted: 0 };
  const stats = { ...none, drafter: 'none', tokensPerSecond: 1, timeToFirstTokenMs: 1, totalMs };
  say([
    { type: 'finished', job, choice: 0, reason: 'length' },
    { type: 'done', job, cachedTokens: 0, stats },
  ]);
}

/** Slices of a ring's stages whose steps take as long as they have rows. */
function sleepingSlices(number: number): Map<string, TestSlice> {
  const half = LAYERS / STAGES;
  return new Map(
    Array.from({ length: STAGES }, (_, stage) => {
      const [start, end] = [stage * half, (stage + 1) * half];
      const executor = arithmeticExecutor({
        ...{ start, end, layers: LAYERS },
        beforeRun: (inputs) => sleep(ROW_MS * inputs.reduce((sum, { tokens }) => sum + tokens, 0)),
      });
      const slice: TestSlice = { executor, sessions: new SessionTable(Number.POSITIVE_INFINITY), rows: number };
      return [`${stage}/${start}-${end}`, slice];
    }),
  );
}

async function ringsReady({ snapshot }: RunningServer, rings: number): Promise<void> {
  for (;;) {
    const ready = snapshot().coalitions.filter(({ state }) => state === 'ready');
    if (ready.length === rings && snapshot().coalitions.length === rings) return;
    await sleep(LOOK_MS);
  }
}

/** All callers ask again and again; counted is what comes after `onBusy` and a while. */
async function pace(
  client: OpenAI,
  { seconds, onBusy }: { seconds: number; onBusy(): Promise<void> },
): Promise<{ rate: number; wrong: number }> {
  const alone = makeRing([]);
  const solo = new Conversation(async () => alone.client);
  const expected = (await solo.generate(ASKED, testOptions({ maxTokens: MAX_TOKENS }))).ids.join(' ');
  const request = { model: DEFAULT_MODEL.repo, prompt: ASKED.join(' '), max_tokens: MAX_TOKENS, stream: true } as const;
  let [tokens, wrong, isOver] = [0, 0, false];
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isOver) {
      let text = '';
      for await (const { choices } of await client.completions.create(request)) {
        if (!choices[0]?.text) continue;
        text += choices[0].text;
        tokens += 1;
      }
      if (text.trim() !== expected) wrong += 1;
    }
  });
  await onBusy();
  await sleep(SETTLE_MS);
  const [before, startedMs] = [tokens, performance.now()];
  await sleep(seconds * 1000);
  const rate = (1000 * (tokens - before)) / (performance.now() - startedMs);
  isOver = true;
  await Promise.all(callers);
  return { rate, wrong };
}
