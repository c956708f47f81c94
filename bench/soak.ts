// Half an hour in which tabs join and leave every few seconds, while four people chat and four programs ask over HTTP: every answer
// is right or fails for the reason that it gives, and nothing grows.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import OpenAI from 'openai';
import { openAccount } from '../e2e/support/api-account.ts';
import { atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { until } from './chaos/until.ts';
import { finished } from './chaos/watch-answer.ts';
import { type Ended, isTrue } from './soak/judge-end.ts';
import { type PageSizes, SoakNetwork, sizesOf } from './soak/soak-network.ts';
import { GUIDE } from './support/bench-models.ts';

const STAGES = 2;
const CHATS = 4;
const CALLERS = 4;
const LEAST_TABS = 3;
const MOST_TABS = 6;
const CHURN_MS = 4_000;
const MAX_TOKENS = 40;
const ANSWER_MS = 180_000;
const SETTLED_MS = 150_000;
const SAMPLES = 30;
const QUESTIONS = ['red', 'green', 'blue', 'white', 'black', 'brown'].map((one) => `Tell me a story of a ${one} fox.`);
/** Growth that is none: of a heap between its third and its last third, and of listeners. */
const GROWTH = 1.25;

interface Counts {
  right: number;
  wrong: string[];
  failed: Ended[];
  untrue: string[];
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '30' } } });
  const minutes = Number(values.minutes);
  await ensureBuilt();
  const network = await SoakNetwork.open(STAGES);
  try {
    return await soak(network, minutes);
  } finally {
    await network.close();
  }
}

async function soak(network: SoakNetwork, minutes: number): Promise<BenchResult> {
  const steady = await network.openTab();
  for (let at = 1; at < STAGES + 1; at++) await network.openTab();
  const session = await steady.context().newCDPSession(steady);
  await session.send('Performance.enable');
  const { client } = await openAccount(network.server.url, 'caller');
  const expected = new Map<string, string>();
  await until('a ring answers', ANSWER_MS, async () => network.seen.looks.at(-1)?.isReady ?? false);
  for (const question of QUESTIONS) expected.set(question, await ask(client, question, false));
  const counts: Counts = { right: 0, wrong: [], failed: [], untrue: [] };
  const endMs = Date.now() + minutes * 60_000;
  const isOver = (): boolean => Date.now() >= endMs;
  const note = (who: string, question: string, text: string): void => {
    if (text === expected.get(question)) counts.right += 1;
    else counts.wrong.push(`${who}, ${question}: ${text.slice(0, 200)}`);
  };
  const noteEnd = (who: string, ended: Ended): void => {
    counts.failed.push(ended);
    const line = `${who}: ${ended.code} after ${ended.endedMs - ended.askedMs} ms: ${ended.words}`;
    const isUntrue = !isTrue(ended, network.seen);
    if (isUntrue) counts.untrue.push(line);
    console.error(`failed${isUntrue ? ' for no true reason' : ''}, ${line}`);
  };
  const loops = [
    churn(network, steady, isOver),
    ...Array.from({ length: CALLERS }, (_, at) => call(client, at, isOver, note, noteEnd)),
    ...Array.from({ length: CHATS }, (_, at) => chat(network, at, isOver, note, noteEnd)),
  ];
  const working = Promise.all(loops);
  const samples: (PageSizes & { serverBytes: number })[] = [];
  const sampling = (async () => {
    for (let at = 0; at < SAMPLES && !isOver(); at++) {
      await sleep((minutes * 60_000) / SAMPLES);
      const serverBytes = await network.metric(/^computepool_nodejs_heap_size_used_bytes (\S+)$/m);
      samples.push({ ...(await sizesOf(session)), serverBytes });
      const { right, wrong, failed, untrue } = counts;
      console.error(
        `${right} right, ${wrong.length} wrong, ${failed.length} failed (${untrue.length} for no true reason), ${network.seen.leaves.length} tabs left; server ${(serverBytes / 1e6).toFixed(0)} MB, a tab ${(samples.at(-1)!.heapBytes / 1e6).toFixed(1)} MB, ${samples.at(-1)!.listeners} listeners`,
      );
    }
  })();
  await Promise.all([working, sampling]);
  const held = () => network.metric(/^computepool_ledger_micros\{bucket="held"\} (\S+)$/m);
  const running = () => network.metric(/^computepool_jobs_now\{state="running"\} (\S+)$/m);
  await until('nothing is held', SETTLED_MS, async () => (await held()) === 0).catch(() => {});
  return report(network, { minutes, counts, samples, held: await held(), running: await running() });
}

/** Somebody comes or goes; one tab stays. */
async function churn(network: SoakNetwork, steady: Page, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(CHURN_MS * (0.5 + Math.random()));
    const count = network.tabs.length;
    const mayGo = network.tabs.filter((tab) => tab !== steady);
    if (count < MOST_TABS && (count <= LEAST_TABS || Math.random() < 0.5)) await network.openTab();
    else await network.closeTab(mayGo[Math.floor(Math.random() * mayGo.length)]!);
  }
}

const pick = (): string => QUESTIONS[Math.floor(Math.random() * QUESTIONS.length)]!;

async function ask(client: OpenAI, content: string, isStreamed: boolean): Promise<string> {
  const request = {
    ...{ model: GUIDE.model.repo, messages: [{ role: 'user' as const, content }], temperature: 0 },
    max_tokens: MAX_TOKENS,
  };
  const options = { timeout: ANSWER_MS };
  if (!isStreamed) return (await client.chat.completions.create(request, options)).choices[0]!.message.content ?? '';
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true }, options)) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

type Note = (who: string, question: string, text: string) => void;
type NoteEnd = (who: string, ended: Ended) => void;

async function call(client: OpenAI, at: number, isOver: () => boolean, note: Note, noteEnd: NoteEnd): Promise<void> {
  while (!isOver()) {
    const [question, askedMs] = [pick(), Date.now()];
    try {
      note('http', question, await ask(client, question, at % 2 === 0));
    } catch (error) {
      const code = error instanceof OpenAI.APIError ? (error.code ?? error.type ?? error.message) : String(error);
      noteEnd('http', { code, words: String(error), askedMs, endedMs: Date.now() });
      await sleep(1_000);
    }
  }
}

/** A conversation of one question each, in a page that is opened anew. */
async function chat(
  network: SoakNetwork,
  at: number,
  isOver: () => boolean,
  note: Note,
  noteEnd: NoteEnd,
): Promise<void> {
  while (!isOver()) {
    const page = await network.openPage('/chat', { temperature: '0', max: String(MAX_TOKENS), seed: String(at) });
    try {
      const state = page.getByTestId('chat-state');
      await until('a chat is ready', ANSWER_MS, async () => (await state.getAttribute('data-phase')) === 'ready');
      const [question, askedMs] = [pick(), Date.now()];
      await page.getByTestId('composer').fill(question);
      await page.getByTestId('send').click();
      try {
        note('chat', question, (await finished(page, 1, ANSWER_MS)).text);
      } catch (error) {
        const card = page.getByTestId('error-card').last();
        const code = (await card.count()) > 0 ? ((await card.getAttribute('data-code')) ?? '') : String(error);
        const words = (await card.count()) > 0 ? (await card.innerText()).replaceAll('\n', ' ') : '';
        noteEnd('chat', { code, words, askedMs, endedMs: Date.now() });
      }
    } catch (error) {
      noteEnd('chat', { code: 'internal', words: String(error), askedMs: Date.now(), endedMs: Date.now() });
    } finally {
      await page.context().close();
    }
  }
}

interface Outcome {
  minutes: number;
  counts: Counts;
  samples: readonly (PageSizes & { serverBytes: number })[];
  held: number;
  running: number;
}

/** The least of the last third over the least of the second: what is not yet collected is no growth. */
function growth(values: readonly number[]): number {
  const third = Math.max(1, Math.floor(values.length / 3));
  return Math.min(...values.slice(-third)) / Math.max(1, Math.min(...values.slice(third, 2 * third)));
}

function report(network: SoakNetwork, { minutes, counts, samples, held, running }: Outcome): BenchResult {
  const { right, wrong, failed, untrue } = counts;
  const codes = Object.fromEntries(
    [...new Set(failed.map(({ code }) => code))].map((code) => [
      code,
      failed.filter((end) => end.code === code).length,
    ]),
  );
  const grown = {
    server: growth(samples.map(({ serverBytes }) => serverBytes)),
    tab: growth(samples.map(({ heapBytes }) => heapBytes)),
    listeners: growth(samples.map(({ listeners }) => listeners)),
  };
  const leaves = network.seen.leaves.length;
  return {
    name: 'soak',
    table: [{ minutes, 'tabs that left': leaves, right, wrong: wrong.length, failed: failed.length, ...codes }],
    aims: [
      atMost('wrong answers', 0, wrong.length),
      atMost('answers that failed for no reason that was true', 0, untrue.length),
      atLeast('right answers', 1, right),
      atMost("server's heap, last third over second", GROWTH, grown.server),
      atMost('heap of a tab that stays, last third over second', GROWTH, grown.tab),
      atMost('its listeners, last third over second', GROWTH, grown.listeners),
      atMost('answers that still run, and micros that are still held', 0, running + held),
    ],
    results: { minutes, leaves, right, wrong, codes, untrue, grown, held, running, samples: [...samples] },
  };
}
