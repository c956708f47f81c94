// How long a frame of the size of a hidden state takes one way at 100 ms round trip: over a link of the product, and as one
// `send` of one plain data channel between the same two pages, in turn over the same relay. Once without loss, once with 1 %.
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import type { PeerId } from '../protocol/ids.ts';
import { STAGE_LANES, STAGE_TICKET_SECONDS } from '../protocol/limits.ts';
import { sealTicket } from '../protocol/ticket.ts';
import { loadServerKey } from '../signaling/accounts/server-key.ts';
import { openDatabase } from '../signaling/db/open-database.ts';
import { sealOfOpen } from '../signaling/seal/open-seal.ts';
import { startServer } from '../signaling/start-server.ts';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { startProgress } from './support/bench-progress.ts';
import type { Way } from './support/link-end.ts';
import { type BenchLab, withBenchLab } from './support/open-bench-lab.ts';
import { quantile, summarise } from './support/quantile.ts';

/** Hidden states of one row, of four, of some, and of a chunk of a prompt. */
const SIZES_KB = [10, 30, 70, 164];
const AIM_KB = 70;
const AIM_MS = 55;
const ONE_WAY_MS = 50;
const LOSSES = [0, 0.01];
const WAYS: Way[] = ['link', 'plain'];
const EPOCH = 1;
/** Acknowledgements are back by then: one frame does not wait for the window of the last one. */
const PAUSE_MS = 70;
const FRAME_TIMEOUT_MS = 20_000;
/** Plain sends take up to a second each, and are the baseline alone: one for so many frames of the link. */
const PLAIN_EVERY = 3;
/** What the first frames find is a cold path; a ring sends thousands. */
const WARM_UP_FRAMES = 5;

interface Measured {
  kilobytes: number;
  loss: number;
  way: Way;
  samplesMs: number[];
  /** What the relay really gave, one way. */
  relayMs: { p50: number; p99: number };
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { frames: { type: 'string', default: '100' } } });
  const frames = Number(values.frames);
  return withBenchLab(async (bench) => {
    const pages = await openEnds(bench);
    const clockMs = await clockOffset(bench, pages);
    const measured: Measured[] = [];
    await bench.lab.reshape({ delayMs: ONE_WAY_MS });
    // Both ends: the asker adds the lanes, and either sends over them.
    for (const page of pages) await page.waitForFunction((lanes) => window.linkEnd.lanes() === lanes, STAGE_LANES);
    const progress = startProgress(LOSSES.length * SIZES_KB.length * frames);
    for (const loss of LOSSES) {
      await bench.lab.reshape({ delayMs: ONE_WAY_MS, lossRate: loss });
      for (const kilobytes of SIZES_KB) measured.push(...(await measureSize({ kilobytes, loss, frames })));
    }
    progress.done();
    return report(measured, { frames, oneWayMs: ONE_WAY_MS, clockOffsetMs: clockMs });

    async function measureSize(setting: { kilobytes: number; loss: number; frames: number }): Promise<Measured[]> {
      const { kilobytes, loss } = setting;
      const samples = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
      for (let frame = -WARM_UP_FRAMES; frame < setting.frames; frame++) {
        if (frame === 0) await bench.lab.reset();
        for (const way of frame % PLAIN_EVERY === 0 ? WAYS : WAYS.slice(0, 1)) {
          const ms = await oneFrame(pages, way, kilobytes * 1024);
          if (frame >= 0) samples.get(way)!.push(ms - clockMs);
        }
        if (frame >= 0) progress.step(`${kilobytes} KB, loss ${loss * 100} %`);
      }
      const { p50Ms, p99Ms } = (await bench.lab.stats()).delay;
      return WAYS.map((way) => ({
        ...{ kilobytes, loss, way, samplesMs: samples.get(way)! },
        relayMs: { p50: p50Ms, p99: p99Ms },
      }));
    }
  });
}

/** Two pages, each with an end of a proved link and of a plain channel; a server that brokers. */
async function openEnds(bench: BenchLab): Promise<[Page, Page]> {
  const database = await openDatabase({ memory: true });
  const server = await startServer({ port: 0, logger: 'silent', database });
  bench.atEnd(() => server.close().then(() => database.close()));
  const key = await loadServerKey(database.db, sealOfOpen(database.db));
  const [asker, answerer] = [await bench.openPage('link-end.ts'), await bench.openPage('link-end.ts')];
  const open = async (page: Page, range: { start: number; end: number }, to?: PeerId): Promise<PeerId> => {
    const self = await page.evaluate(() => window.linkEnd.self());
    const expires = Math.floor(Date.now() / 1000) + STAGE_TICKET_SECONDS;
    const pool = 'bench/frames@main:q4';
    const ticket = sealTicket(
      { pool, epoch: EPOCH, peer: self, role: 'stage', layers: 4, expires, ...range },
      key.sign,
    );
    const terms = { origin: server.url, epoch: EPOCH, ticket, orchestratorKey: key.publicKey };
    await page.evaluate(([given, peer]) => window.linkEnd.open(given, peer), [terms, to] as const);
    return self;
  };
  const peer = await open(answerer, { start: 2, end: 4 });
  await open(asker, { start: 0, end: 2 }, peer);
  const offer = await asker.evaluate(() => window.linkEnd.describe());
  const answer = await answerer.evaluate((given) => window.linkEnd.describe(given), offer);
  await asker.evaluate((given) => window.linkEnd.accept(given), answer);
  for (const page of [asker, answerer]) await page.waitForFunction(() => window.linkEnd.ready());
  return [asker, answerer];
}

/** Milliseconds from the page's call of `send` to the other page's event. */
async function oneFrame([from, to]: readonly [Page, Page], way: Way, bytes: number): Promise<number> {
  const arrival = to.evaluate((on) => window.linkEnd.next(on), way);
  await from.evaluate(([on, size]) => window.linkEnd.send(on, size), [way, bytes] as const);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`A frame of ${bytes} bytes was lost (${way}).`)), FRAME_TIMEOUT_MS).unref();
  });
  const ms = await Promise.race([arrival, late]);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return ms;
}

/** How far the second page's clock is ahead: half the difference of the quickest small frames there and back, with no delay. */
async function clockOffset(bench: BenchLab, [asker, answerer]: readonly [Page, Page]): Promise<number> {
  await bench.lab.reshape({});
  const [there, back]: [number[], number[]] = [[], []];
  for (let round = 0; round < 12; round++) {
    there.push(await oneFrame([asker, answerer], 'plain', 64));
    back.push(await oneFrame([answerer, asker], 'plain', 64));
  }
  return (Math.min(...there) - Math.min(...back)) / 2;
}

function report(measured: readonly Measured[], setting: Record<string, number>): BenchResult {
  const lanes = measured.map(({ samplesMs, ...lane }) => ({
    ...lane,
    ...summarise(samplesMs),
    p99: quantile(samplesMs, 0.99),
    samplesMs,
  }));
  return {
    name: 'frame-latency',
    table: lanes.map(({ kilobytes, loss, way, median, p99, range, relayMs }) => ({
      'frame KB': kilobytes,
      'loss %': loss * 100,
      way: way === 'link' ? 'link' : 'one plain send',
      'p50 ms': median.toFixed(1),
      'p99 ms': p99.toFixed(1),
      'most ms': range[1].toFixed(1),
      'relay p50 ms': relayMs.p50.toFixed(2),
    })),
    aims: lanes
      .filter(({ kilobytes, loss, way }) => way === 'link' && loss === 0 && kilobytes <= AIM_KB)
      .map(({ kilobytes, median }) => atMost(`p50 ms of ${kilobytes} KB one way, 100 ms round trip`, AIM_MS, median)),
    plot: {
      title: 'One frame, one way, at 100 ms round trip: median and 99th percentile',
      x: { label: 'frame, KB' },
      y: { label: 'one way, ms', type: 'log' },
      panels: LOSSES.map((loss) => ({
        title: `${loss * 100} % loss`,
        aim: { y: AIM_MS, label: `aim up to ${AIM_KB} KB: ${AIM_MS} ms` },
        series: [
          { name: 'a link of the product', role: 'measured', points: pointsOf('link', loss) },
          { name: 'one send of one plain data channel', role: 'baseline', points: pointsOf('plain', loss) },
          {
            name: 'the delay that the relay gave',
            role: 'bound',
            points: pointsOf('link', loss).map(({ x, relayMs }) => ({ x, y: relayMs })),
          },
        ],
      })),
    },
    results: { setting, lanes },
  };

  function pointsOf(way: Way, loss: number) {
    return lanes
      .filter((lane) => lane.way === way && lane.loss === loss)
      .map(({ kilobytes, median, p99, relayMs }) => ({
        x: kilobytes,
        y: median,
        low: median,
        high: p99,
        relayMs: relayMs.p50,
      }));
  }
}
