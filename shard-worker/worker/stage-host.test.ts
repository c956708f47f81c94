// The stage side of a worker with the site's own model on the real runtime: one text however many tabs compute it, and what
// a stage does with frames, tickets and epochs that are not its.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkDelivery } from '../../protocol/delivery.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { Identity } from '../../protocol/identity.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { checkReceipt } from '../../protocol/receipt.ts';
import { loadOrtRuntime, type OrtRuntime } from '../engine/ort-runtime.ts';
import type { Link } from '../links/link.ts';
import { IDENTITY_A, IDENTITY_B, newIdentity } from '../links/proved-pair.ts';
import { unpackJson } from '../ring/open-session.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { AskerLinks } from './asker-links.ts';
import { DriverHost } from './driver-host.ts';
import { OwnBackend } from './own-backend.ts';
import { jobId } from './test-driver.ts';
import { LENT, type TestStage, TestStages, TRUST } from './test-stages.ts';

let stages: TestStages;
beforeAll(async () => {
  stages = await TestStages.start();
});
afterAll(() => stages.close());
// A host tells once a second for as long as its worker lives: here when a test says so.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval'] }));
afterEach(() => void vi.useRealTimers());

let epochs = 10;
const QUESTION = [{ role: 'user' as const, content: 'What is a coalition?' }];

async function openDriver(identity: Identity): Promise<DriverHost> {
  const backend = new OwnBackend();
  await backend.start('wasm');
  const host = new DriverHost({ identity: () => identity, trust: TRUST, backend, device: {}, tell: () => {} });
  await host.start(stages.source);
  return host;
}

async function ask(driver: DriverHost, identity: Identity, isLocal = false) {
  const id = ++asks;
  const { prompt } = await driver.encodePrompt(QUESTION);
  const request = { messages: QUESTION, temperature: 0.8, seed: 11, maxTokens: 12 };
  const grant = isLocal ? {} : { grant: stages.grant(identity, jobId(id), { promptTokens: prompt.length }) };
  return driver.drive({ id, request, prompt, plan: { local: isLocal, drafter: 'none' }, ...grant });
}

let asks = 0;

/** Links of one who serves nothing to the entry and the exit of an epoch; the entry runs loops from now on. */
async function askOver(
  driver: DriverHost,
  identity: Identity,
  tabs: TestStage[],
  epoch: number,
  seats: readonly (readonly [number, number])[],
) {
  const asker = new AskerLinks(
    () => identity,
    TRUST,
    () => {},
  );
  asker.holdTicket(epoch, stages.driverTicket({ identity }, epoch));
  for (const tab of new Set([tabs[0]!, tabs.at(-1)!])) await stages.link({ identity, host: asker }, tab, epoch);
  const coalition = { epoch, seats: tabs.map((tab, at) => stages.seat(tab, seats[at]!)) };
  tabs[0]!.host.loops.use(coalition);
  driver.ask(coalition, asker.driverLinks(epoch, coalition.seats));
  return asker;
}

/** Layers `[0, cut)` at a, the rest at b; both loaded, linked and serving. */
async function openPair(
  cut: number,
): Promise<{ a: TestStage; b: TestStage; epoch: number; seats: [number, number][] }> {
  const epoch = ++epochs;
  const [a, b] = [await stages.open(IDENTITY_A), await stages.open(IDENTITY_B)];
  const seats: [number, number][] = [
    [0, cut],
    [cut, stages.layers],
  ];
  a.host.holdTicket(epoch, stages.ticket(a, epoch, seats[0]!));
  b.host.holdTicket(epoch, stages.ticket(b, epoch, seats[1]!));
  await a.host.load(stages.assign(epoch, seats[0]!, { next: b.identity.peer }));
  await b.host.load(stages.assign(epoch, seats[1]!));
  return { a, b, epoch, seats };
}

test('one text: alone in this tab, over one stage, over two', async () => {
  const identity = await newIdentity();
  const driver = await openDriver(identity);
  const ready = await driver.openLocal('wasm');
  expect(ready.totalBytes).toBeGreaterThan(0);
  const local = await ask(driver, identity, true);
  expect(local.answer!.tokenIds.length).toBeGreaterThan(3);
  expect(local).not.toHaveProperty('delivery');

  const solo = await stages.open(IDENTITY_A);
  const epoch = ++epochs;
  const whole = [0, stages.layers] as const;
  solo.host.holdTicket(epoch, stages.ticket(solo, epoch, whole));
  const loaded = await solo.host.load(stages.assign(epoch, whole));
  expect(loaded.networkBytes).toBeGreaterThan(0);
  expect(loaded.msPerLayer).toBeGreaterThan(0);
  expect(solo.host.driverLinks(epoch)).toBeUndefined();
  solo.host.serve(epoch);
  await askOver(driver, identity, [solo], epoch, [whole]);
  const alone = await ask(driver, identity);
  expect(alone.answer!.tokenIds).toEqual(local.answer!.tokenIds);
  const { delivered } = await checkDelivery(alone.delivery!);
  expect(delivered).toEqual([{ epoch, tokens: alone.completionTokens }]);

  const pair = await openPair(1);
  await stages.link(pair.a, pair.b, pair.epoch);
  // Not while its frames would be refused.
  expect(pair.a.host.driverLinks(pair.epoch)).toBeUndefined();
  pair.b.host.serve(pair.epoch);
  pair.a.host.serve(pair.epoch);
  const links = pair.a.host.driverLinks(pair.epoch);
  expect(pair.a.host.driverLinks(pair.epoch)).toBe(links);
  expect(pair.b.host.driverLinks(pair.epoch)).toBeUndefined();
  const asker = await askOver(driver, identity, [pair.a, pair.b], pair.epoch, pair.seats);
  const split = await ask(driver, identity);
  expect(split.answer!.text).toBe(local.answer!.text);

  // Both stages sign what they did, also for an epoch that is over by then.
  const { note } = split.delivery!;
  asker.closeEpoch(pair.epoch);
  links!.entry.close();
  const query = { job: note.job, epoch: pair.epoch };
  await Promise.all([pair.a, pair.b].map(({ host }) => host.retire(pair.epoch)));
  for (const { host, identity } of [pair.a, pair.b]) {
    const { receipts, delivery } = await host.signReceipts(query);
    const [signed] = receipts;
    const { peer, nonce, to } = await checkReceipt(signed!);
    // The token that came last is never computed.
    expect([peer, nonce, to]).toEqual([identity.peer, note.nonce, note.promptTokens + split.completionTokens - 1]);
    expect((await host.signReceipts({ ...query, epoch: 1 })).receipts).toEqual([]);
    // The entry has the last word of who asked.
    expect(delivery?.note).toEqual(host === pair.a.host ? note : undefined);
  }
  vi.advanceTimersByTime(1000);
  const served = pair.a.told.findLast(({ event }) => event === 'served');
  expect(served?.data).toMatchObject({ sessions: 0, tokens: split.promptTokens + split.completionTokens - 1 });
  // Once more, so that a second without a token is seen as one; then nothing happens and nothing is told.
  const times = () => pair.a.told.filter(({ event }) => event === 'served').length;
  const before = times();
  vi.advanceTimersByTime(1000);
  expect(pair.a.told.findLast(({ event }) => event === 'served')?.data).toEqual(served?.data);
  expect(times()).toBe(before + 1);
  vi.advanceTimersByTime(5000);
  expect(times()).toBe(before + 1);
});

test('what was not read cannot be measured or loaded', async () => {
  const { host, told } = await stages.open(IDENTITY_A);
  const { msPerLayer } = await host.probe(LENT);
  expect(msPerLayer).toBeGreaterThan(0);
  const bare = await stages.open(IDENTITY_B, () => Promise.reject(new Error('no runtime here')));
  await expect(bare.host.probe(LENT)).rejects.toThrow('no runtime');
  const missing = { ...stages.source, model: { ...stages.source.model, repo: 'acme/none' } };
  await expect(host.readModel(missing)).rejects.toMatchObject({ code: 'model-not-found' });
  expect(told).toEqual([]);
});

test('who lends a part of its time says to be as much slower: what a planner reckons with is what others see', async () => {
  const { host } = await stages.open(await newIdentity());
  const [all, part] = [await host.probe(LENT), await host.probe({ ...LENT, share: 0.01 })];
  expect(part.msPerLayer / all.msPerLayer).toBeGreaterThan(20);
});

test('a stage without its slice or without its link serves nothing', async () => {
  const { a, b, epoch } = await openPair(2);
  b.host.serve(epoch + 100);
  a.host.serve(epoch);
  expect(a.host.driverLinks(epoch)).toBeUndefined();
  await stages.link(a, b, epoch);
  a.host.serve(epoch);
  a.host.serve(epoch);
  expect(a.host.driverLinks(epoch)).toBeDefined();
  await Promise.all([a, b].map(({ host }) => host.retire(epoch)));
  expect(a.host.driverLinks(epoch)).toBeUndefined();
  expect(a.host.links.get(epoch, 'out', b.identity.peer)).toBeUndefined();
  await a.host.retire(epoch);
});

/** A peer of whom a test holds the link in its hands. */
async function openStranger(to: TestStage, epoch: number, ticket: (identity: Identity) => string) {
  const identity = await newIdentity();
  const asker = new AskerLinks(
    () => identity,
    TRUST,
    () => {},
  );
  asker.holdTicket(epoch, ticket(identity));
  await stages.link({ identity, host: asker }, to, epoch);
  const link = asker.links.get(epoch, 'out', to.identity.peer)! as Link;
  const answers: { kind: string; code: string }[] = [];
  link.listen({
    onFrame(bytes) {
      const { kind, payload } = decodeFrame(bytes);
      answers.push({ kind, code: (unpackJson(payload) as { code: string }).code });
    },
    onClose: () => {},
  });
  return { link, answers, asker };
}

const frameOf = (epoch: number, kind: Frame['kind']): Uint8Array => {
  const frame = { ...emptyFrame(epoch, newSessionId()), kind };
  if (kind === 'open') return encodeFrame({ ...frame, dtype: 'json', payload: new TextEncoder().encode('{}') });
  if (kind !== 'step') return encodeFrame(kind === 'error' ? { ...frame, dtype: 'json' } : frame);
  return encodeFrame({ ...frame, dtype: 'int32', tokens: 1, width: 1, payload: new Uint8Array(4) });
};

test('a driver may not send frames to the exit past the stages before it, and random bytes are answered by nothing', async () => {
  const { b, epoch } = await openPair(1);
  b.host.serve(epoch);
  const { link, answers, asker } = await openStranger(b, epoch, (identity) => stages.driverTicket({ identity }, epoch));
  link.send(Uint8Array.of(1, 2, 3, 4));
  link.send(frameOf(epoch + 1, 'close'));
  link.send(frameOf(epoch + 1, 'error'));
  link.send(frameOf(epoch, 'step'));
  link.send(frameOf(epoch, 'open'));
  // An epoch that nobody serves here, though the link is of one that is served.
  link.send(frameOf(epoch + 1, 'step'));
  await expect.poll(() => answers.length).toBe(3);
  expect(answers.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
    'error ticket-refused',
    'error ticket-refused',
    'error epoch-stale',
  ]);
  await b.host.retire(epoch);
  await expect.poll(() => link.closed).toBe(true);
  expect(asker.driverLinks(epoch, [stages.seat(b, [1, stages.layers])])).toBeUndefined();
});

test('a change of members while a slice loads ends that load, and nothing of it is left', async () => {
  const { host, told } = await stages.open(IDENTITY_A);
  const epoch = ++epochs;
  const loading = host.load(stages.assign(epoch, [0, stages.layers]));
  const retired = host.retire(epoch);
  await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
  await retired;
  host.serve(epoch);
  expect(host.driverLinks(epoch)).toBeUndefined();
  expect(told.filter(({ event }) => event === 'fault')).toEqual([]);
});

test('a change of members while a slice warms up is no failure of the stage', async () => {
  const real = await loadOrtRuntime('wasm');
  let calls = 0;
  const runtime: OrtRuntime = {
    ...real,
    exclusive(work) {
      // The first starts the session, the second is its first step.
      if (++calls === 2) void host.retire(epoch);
      return real.exclusive(work);
    },
  };
  const { host } = await stages.open(IDENTITY_A, async () => runtime);
  const epoch = ++epochs;
  await expect(host.load(stages.assign(epoch, [0, 1]))).rejects.toMatchObject({ code: 'cancelled' });
});

test('what it is to hold in reserve is loaded when its last seat is let go, and is the next seat’s at once', async () => {
  const { host, told } = await stages.open(IDENTITY_A);
  const ended = () => told.filter(({ event }) => event === 'warm-ended').map(({ data }) => data);
  const epoch = ++epochs;
  await host.load(stages.assign(epoch, [0, 1]));
  host.warm({ layers: [{ start: 1, end: 2 }], lent: LENT });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ended()).toEqual([]);
  await host.retire(epoch);
  await vi.waitFor(() => expect(ended()).toEqual([{ start: 1, end: 2, isReady: true }]));
  const next = ++epochs;
  expect(await host.load(stages.assign(next, [1, 2]))).toMatchObject({ networkBytes: 0, cachedBytes: 0 });
  await host.retire(next);
});

test('a ticket that was made fresh is kept longer than those that came before it', async () => {
  const { a, b, epoch, seats } = await openPair(1);
  for (let other = 1; other <= 12; other++) {
    for (const [at, stage] of [a, b].entries()) {
      const hold = (of: number) => stage.host.holdTicket(of, stages.ticket(stage, of, seats[at]!));
      hold(epoch + 1000 + other);
      if (other === 6) hold(epoch);
    }
  }
  await stages.link(a, b, epoch);
  await vi.waitFor(() => expect(b.host.links.get(epoch, 'in', a.identity.peer)).toBeDefined());
});
