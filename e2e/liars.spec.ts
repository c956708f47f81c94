// Three sockets of one person say that they are quick tabs with much memory, and compute nothing. An honest tab answers.
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { ServerMessage } from '../protocol/control.ts';
import { PoolError } from '../protocol/errors.ts';
import { poolIdOf } from '../protocol/ids.ts';
import type { JobEvent, JobStats } from '../protocol/job.ts';
import { makeManifest } from '../shard-worker/model/make-manifest.ts';
import { describeDecoder } from '../shard-worker/onnx/describe-decoder.ts';
import { readGraph } from '../shard-worker/onnx/read-graph.ts';
import { memorySource } from '../shard-worker/words/byte-source.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { TestPeer } from '../signaling/control/test-peer.ts';
import { openAccount } from './support/api-account.ts';
import { ask, chatReady, openSite, type Site } from './support/site.ts';

const MODEL_DIR = 'public/models/computepool/guide-4m';
const POOL = poolIdOf(DEFAULT_MODEL);
const QUERY = { temperature: '0', max: '24' };
const QUESTION = 'What is a shard?';

/** Says that it is ready as soon as it is asked to load, and lets `onStart` answer for what it is asked to drive. */
async function lie(site: Site, onStart: (liar: TestPeer, start: ServerMessage & { type: 'job-start' }) => void) {
  const liar = await TestPeer.join(site.url);
  liar.socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.type === 'coalition' && message.coalition.state === 'forming') {
      liar.send({ type: 'stage-ready', pool: POOL, epoch: message.coalition.epoch, msPerLayer: 0.01 });
    }
    if (message.type === 'job-start') onStart(liar, message);
  });
  const capability = { backend: 'webgpu', msPerLayer: 0.01, memoryBytes: 4e9, device: 'RTX 9090' } as const;
  liar.send({ type: 'offer', pool: POOL, manifest: await readOwnManifest(), capability });
  return liar;
}

async function readOwnManifest() {
  const graph = await readGraph(memorySource(new Uint8Array(readFileSync(`${MODEL_DIR}/onnx/model_q4.onnx`))));
  return makeManifest(graph, describeDecoder(graph), 1024);
}

/** Who serves. */
const entryOf = (site: Site): string | undefined =>
  site.server.snapshot().coalitions.find(({ state }) => state === 'ready')?.seats[0]?.peer;

test('C1: whoever shows nothing serves nothing, and an honest tab that comes serves and goes on', async ({
  browser,
}) => {
  // As always, with less patience for those who say nothing.
  const site = await openSite(browser, { timing: { canaryMs: 5_000, receiptTimeoutMs: 2_000 } });
  const liars: TestPeer[] = [];
  try {
    // One answers with ids of its own, at once; one says that it has failed; one says nothing at all.
    liars.push(
      await lie(site, (liar, { job }) => {
        const events: JobEvent[] = [
          { type: 'started', job, promptTokens: 16 },
          { type: 'delta', job, choice: 0, text: 'yes', ids: [7, 7, 7, 7] },
          { type: 'finished', job, choice: 0, reason: 'length' },
          { type: 'done', job, cachedTokens: 0, stats: STATS },
        ];
        liar.send({ type: 'job-events', events });
      }),
    );
    liars.push(
      await lie(site, (liar, { job }) => {
        const error = new PoolError('stage-failed', 'no').toShape();
        liar.send({ type: 'job-events', events: [{ type: 'failed', job, error }] });
      }),
    );
    liars.push(await lie(site, () => {}));

    const seen = new Set<string>();
    await expect
      .poll(() => {
        for (const { peer, excluded } of site.server.platform.roster.pool(POOL)?.peers ?? []) {
          if (excluded === 'unshown') seen.add(peer);
        }
        expect(entryOf(site)).toBeUndefined();
        return seen.size;
      })
      .toBe(liars.length);

    const stage = await site.openStage();
    const chat = await site.openChat(QUERY);
    await chatReady(chat, 1);
    const honest = await stage.getByTestId('shard-card').first().getAttribute('data-peer');
    const answers: number[][] = [];
    // They come back when their time is over, and are tried beside it or not at all.
    for (let turn = 0; turn < 3; turn++) {
      expect(entryOf(site)).toBe(honest);
      answers.push((await ask(chat, QUESTION)).tokenIds);
      await chat.getByRole('button', { name: /new chat/i }).click();
    }
    expect(answers[0]!.length).toBeGreaterThan(3);
    for (const ids of answers) expect(ids).toEqual(answers[0]);
    expect(entryOf(site)).toBe(honest);
  } finally {
    for (const { socket } of liars) socket.terminate();
    await site.close();
  }
});

// Every run has the time for the first one: these are in `npm run test:deaths`.
if (process.env.ALL_DEATHS) {
  test('C1: a tab that passes the canary and then computes nothing, though its page answers, is out within two laps', async ({
    browser,
  }) => {
    const site = await openSite(browser, { stages: 2, timing: { receiptTimeoutMs: 2_000 } });
    try {
      const tabs = [await site.openStage(), await site.openStage(), await site.openStage()];
      const chat = await site.openChat(QUERY);
      await chatReady(chat, 2);
      const uninterrupted = await ask(chat, QUESTION);
      const exit = readySeats(site).at(-1)!;
      const peers = await Promise.all(tabs.map(peerOfTab));
      const liar = tabs[peers.indexOf(exit)]!;
      await standStill(liar);
      await chat.getByRole('button', { name: /new chat/i }).click();
      const interrupted = await ask(chat, QUESTION);
      expect(interrupted.tokenIds).toEqual(uninterrupted.tokenIds);
      expect(readySeats(site)).not.toContain(exit);
      const { client } = await openAccount(site.url, 'ann');
      const messages = [{ role: 'user' as const, content: QUESTION }];
      const told = await client.chat.completions.create({
        model: DEFAULT_MODEL.repo,
        messages,
        temperature: 0,
        max_tokens: 24,
      });
      expect(told.choices[0]!.message.content).toBe(uninterrupted.text);
    } finally {
      await site.close();
    }
  });

  test('C1: a tab that says to be ten times as fast takes no answer from anybody: the pool answers on, and the same', async ({
    browser,
  }) => {
    const site = await openSite(browser);
    try {
      await site.openStage();
      const chat = await site.openChat(QUERY);
      await chatReady(chat, 1);
      const before = await ask(chat, QUESTION);
      const context = await browser.newContext();
      const liar = await context.newPage();
      let said = 0;
      await liar.routeWebSocket(/\/control/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const message = JSON.parse(String(text));
          if (message.type === 'offer') message.capability.msPerLayer /= 10;
          if (message.type === 'stage-ready') message.msPerLayer /= 10;
          if (message.type === 'offer') said += 1;
          server.send(JSON.stringify(message));
        });
      });
      await liar.goto(`${site.url}/join?auto=1&backend=wasm`);
      // On one machine the two are as fast in truth: whoever of them serves has shown it by a lap (note-paces.test.ts has slow liars).
      await expect.poll(() => site.server.platform.roster.pool(POOL)?.peers.length).toBe(2);
      const until = performance.now() + 20_000;
      while (performance.now() < until) {
        expect(entryOf(site)).toBeDefined();
        await liar.waitForTimeout(250);
      }
      expect(said).toBeGreaterThan(0);
      await chat.getByRole('button', { name: /new chat/i }).click();
      expect((await ask(chat, QUESTION)).tokenIds).toEqual(before.tokenIds);
      await context.close();
    } finally {
      await site.close();
    }
  });
}

const readySeats = (site: Site): string[] =>
  site.server
    .snapshot()
    .coalitions.find(({ state }) => state === 'ready')
    ?.seats.map(({ peer }) => peer) ?? [];

const peerOfTab = (tab: Page): Promise<string | null> =>
  tab.getByTestId('shard-card').first().getAttribute('data-peer');

/** Its worker computes nothing any more; its page, its links and the worker that answers pulses go on. */
async function standStill(tab: Page): Promise<void> {
  const worker = tab.workers().find((each) => each.url().includes('worker'))!;
  worker
    .evaluate(() => {
      for (;;);
    })
    .catch(() => {});
  // The loop has begun when nothing is answered any more.
  await tab.waitForTimeout(500);
}

const STATS: JobStats = {
  ...{ epoch: 1, route: [], returnHopMs: 1, lapMs: 1, draftMs: 0, laps: 4, drafted: 0, accepted: 0 },
  ...{ drafter: 'none', tokensPerSecond: 1, timeToFirstTokenMs: 1, totalMs: 1 },
};
