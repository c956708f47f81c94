// Asks of a tab without a browser: granted, queued, refused, stopped, driven over a coalition or alone. The test plays the
// server, the worker and the other peers.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PoolId, SessionId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { startClock, stopClock, until } from '../host/test-clock.ts';
import {
  ANSWER,
  ask,
  DELIVERY,
  DRIVEN,
  DRIVEN_ALONE,
  grant,
  HELLO,
  JOB,
  openReady,
  openTab,
  PLAN,
  settled,
} from './test-chat-tab.ts';
import { POOL } from './test-pool.ts';

beforeEach(stopClock);
afterEach(startClock);

describe('asking', () => {
  test('is granted, driven and settled; the server hears lengths, what was signed, and no words', async () => {
    const tab = await openReady();
    const plans: RoutePlan[] = [];
    const bills: unknown[] = [];
    const { answer, number } = await ask(
      tab,
      { maxTokens: 500, mode: 'lan' },
      { onPlan: (plan) => plans.push(plan), onSettled: (bill) => bills.push(bill) },
    );
    expect(tab.host.socket.told('ask')).toEqual([
      { type: 'ask', ask: expect.any(Number), pool: POOL, promptTokens: 9, maxTokens: 55, mode: 'lan' },
    ]);
    grant(tab, number);
    await until(() => tab.host.socket.told('ask-done').length > 0);
    expect(tab.host.worker.given('ask')).toMatchObject([{ id: 1, plan: PLAN, grant: 'grant', request: HELLO }]);
    const used = { job: JOB, promptTokens: 9, completionTokens: 2 };
    expect(tab.host.socket.told('ask-done')).toMatchObject([{ ...used, delivery: DELIVERY }]);
    settled(tab);
    const settlement = { job: JOB, chargedMicros: 7, receiptId: 'r1' };
    expect(await answer).toEqual({ ...ANSWER, plan: PLAN, settlement });
    expect(plans).toEqual([PLAN]);
    expect(bills).toEqual([settlement]);
    expect(tab.host.socket.heard.map((message) => JSON.stringify(message)).join()).not.toContain('Hello?');
  });

  test('says which page shows it, where one does', async () => {
    const tab = await openReady();
    await ask(tab, { embeddedIn: 'https://app.example' });
    expect(tab.host.socket.told('ask')).toMatchObject([{ embeddedIn: 'https://app.example' }]);
  });

  test('text and numbers come as they are driven, to whom asked for them', async () => {
    let drive = (): void => {};
    const driving = new Promise<typeof DRIVEN>((resolve) => {
      drive = () => resolve(DRIVEN);
    });
    const tab = await openReady({ ask: () => driving });
    const seen: unknown[] = [];
    const { answer, number } = await ask(
      tab,
      {},
      {
        onText: (delta) => seen.push(delta),
        onStats: (stats) => seen.push(stats),
        onNotice: (notice) => seen.push(notice),
        onSettled: ({ receiptId }) => seen.push(receiptId),
      },
    );
    grant(tab, number);
    await until(() => tab.host.worker.given('ask').length > 0);
    tab.host.worker.tell('text', { id: 1, delta: 'Hi' });
    tab.host.worker.tell('text', { id: 9, delta: 'not its own' });
    tab.host.worker.tell('stats', { id: 1, stats: ANSWER.stats });
    tab.host.worker.tell('notice', { id: 1, notice: { kind: 'held' } });
    expect(seen).toEqual(['Hi', ANSWER.stats, { kind: 'held' }]);
    await expect(tab.peer.ask(HELLO)).rejects.toMatchObject({ code: 'rate-limited' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tab.host.socket.told('heartbeat').at(-1)).toMatchObject({ sessions: 1, tokens: 0 });
    drive();
    // A bill that takes long is not waited for.
    await until(() => tab.host.socket.told('ask-done').length > 0);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await answer).not.toHaveProperty('settlement');
    settled(tab);
    expect(seen.at(-1)).toBe('r1');
  });

  test('waits for its turn, and shows its place until then', async () => {
    const tab = await openReady();
    const places: number[] = [];
    const { answer, number } = await ask(tab, {}, { onQueue: ({ place }) => places.push(place) });
    tab.host.socket.say({ type: 'ask-queued', ask: number, place: 2, waiting: 3, reason: 'Busy.' });
    expect(tab.state().queue).toEqual({ place: 2, waiting: 3, reason: 'Busy.' });
    grant(tab, number);
    await until(() => tab.host.socket.told('ask-done').length > 0);
    expect(tab.state().queue).toBeUndefined();
    expect(places).toEqual([2]);
    settled(tab);
    await answer;
  });

  test('a refusal is the asker’s to see; the next ask is another', async () => {
    const tab = await openReady();
    const first = await ask(tab);
    const refusal = { code: 'insufficient-credits', message: 'Too few.' } as const;
    tab.host.socket.say({ type: 'ask-refused', ask: first.number, error: refusal });
    await expect(first.answer).rejects.toMatchObject(refusal);
    expect((await ask(tab)).number).toBe(first.number + 1);
  });

  test('what fails on the way is told to the server, with what was signed until then, and then to the asker', async () => {
    const error = { code: 'stage-failed', message: 'Out.' } as const;
    const tab = await openReady({
      ask: () => ({ error, promptTokens: 9, cachedTokens: 4, completionTokens: 1, delivery: DELIVERY }),
    });
    const { answer, number } = await ask(tab);
    grant(tab, number);
    await expect(answer).rejects.toMatchObject(error);
    expect(tab.host.socket.told('ask-done')).toMatchObject([
      { cachedTokens: 4, completionTokens: 1, delivery: DELIVERY },
    ]);
  });

  test('a worker that fails altogether is as an answer that failed', async () => {
    const tab = await openReady({ ask: () => Promise.reject(new PoolError('internal', 'Gone.')) });
    const { answer, number } = await ask(tab);
    grant(tab, number);
    await expect(answer).rejects.toMatchObject({ code: 'internal' });
    expect(tab.host.socket.told('ask-done')).toMatchObject([{ promptTokens: 0, completionTokens: 0 }]);
    expect(tab.host.socket.told('ask-done')[0]).not.toHaveProperty('delivery');
  });

  test('stopped while it waits, and stopped while it is driven', async () => {
    const tab = await openReady({ ask: () => new Promise(() => {}) });
    const [early, late] = [new AbortController(), new AbortController()];
    const waiting = await ask(tab, {}, { signal: early.signal });
    early.abort();
    await expect(waiting.answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(tab.host.socket.told('ask-cancel')).toEqual([{ type: 'ask-cancel', ask: expect.any(Number) }]);
    const driven = await ask(tab, {}, { signal: late.signal });
    grant(tab, driven.number);
    await until(() => tab.host.worker.given('ask').length > 0);
    late.abort();
    expect(tab.host.worker.given('cancel')).toEqual([{ id: 2 }]);
  });

  test('nothing to answer, nobody to answer, and too much to answer are refused at once', async () => {
    const tab = await openTab({ 'encode-prompt': () => ({ prompt: new Array(64).fill(7), maxContext: 64 }) });
    const empty = { messages: [{ role: 'user', content: ' ' }] } as const;
    await expect(tab.peer.ask({ messages: [...empty.messages] })).rejects.toMatchObject({ code: 'prompt-empty' });
    await expect(tab.peer.ask(HELLO)).rejects.toMatchObject({ code: 'no-stages' });
    await tab.hear(5, 'ready');
    await expect(tab.peer.ask(HELLO)).rejects.toMatchObject({ code: 'context-exceeded', data: { maxContext: 64 } });
    expect(tab.host.socket.told('ask')).toEqual([]);
  });
});

describe('alone', () => {
  test('a model that is whole here is offered with each ask, and answers without a grant; nobody signs for it', async () => {
    const tab = await openTab({ ask: () => DRIVEN_ALONE });
    await tab.peer.prepareLocal();
    tab.host.worker.tell('local', { phase: 'ready', loadedBytes: 12_000, totalBytes: 12_000 });
    expect(tab.state().local).toMatchObject({ phase: 'ready' });
    const { answer, number } = await ask(tab);
    const memoryBytes = 1.5 * 1024 ** 3;
    const capability = { backend: 'wasm', device: 'WASM, 1 thread', msPerLayer: 2, memoryBytes };
    expect(tab.host.socket.told('ask')).toMatchObject([{ capability }]);
    grant(tab, number, { ...PLAN, local: true });
    await until(() => tab.host.socket.told('ask-done').length > 0);
    expect(tab.host.worker.given('ask')[0]).not.toHaveProperty('grant');
    expect(tab.host.socket.told('ask-done')[0]).not.toHaveProperty('delivery');
    settled(tab);
    await answer;
    // It failed while it computed: it is offered no more, and nobody else serves.
    tab.host.worker.tell('local', { phase: 'failed', loadedBytes: 0, totalBytes: 0 });
    await expect(tab.peer.ask(HELLO)).rejects.toMatchObject({ code: 'no-stages' });
  });

  const openLocal = async () => {
    const tab = await openTab({ ask: () => DRIVEN_ALONE });
    await tab.peer.prepareLocal();
    return tab;
  };

  test.each(['solo', 'auto'] as const)('B10: no server is needed: %s', async (mode) => {
    const tab = await openLocal();
    tab.host.socket.close();
    const answer = await tab.peer.ask({ ...HELLO, mode });
    expect(answer).toMatchObject({ text: 'Hi.', plan: { mode: 'solo', local: true, stages: 1 } });
    expect(answer.plan.predicted.tokensPerSecond).toBeCloseTo(1000 / 12);
    expect(answer).not.toHaveProperty('settlement');
    expect(tab.host.worker.given('ask')[0]).not.toHaveProperty('grant');
    // Nobody is told of what cost nothing, also later.
    await vi.advanceTimersByTimeAsync(1_000);
    await tab.host.welcome();
    expect(tab.host.socket.told('ask')).toEqual([]);
    expect(tab.host.socket.told('ask-done')).toEqual([]);
  });

  test('B10: a server that is lost while it is asked is not waited for', async () => {
    const tab = await openLocal();
    const { answer } = await ask(tab);
    tab.host.socket.close();
    expect(await answer).toMatchObject({ plan: { local: true } });
  });

  test('B10: one that says nothing is waited for two seconds, and hears that nothing is wanted any more', async () => {
    const tab = await openLocal();
    const { answer } = await ask(tab, { mode: 'solo' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toMatchObject({ plan: { local: true } });
    expect(tab.host.socket.told('ask-cancel')).toHaveLength(1);
  });

  test('B10: one that refuses refuses nothing: this device is the person’s own', async () => {
    const tab = await openLocal();
    const { answer, number } = await ask(tab, { mode: 'solo' });
    tab.host.socket.say({ type: 'ask-refused', ask: number, error: { code: 'rate-limited', message: 'Later.' } });
    expect(await answer).toMatchObject({ plan: { local: true } });
  });

  test('stopped, or closed, it does not begin alone', async () => {
    const tab = await openLocal();
    const stop = new AbortController();
    const stopped = await ask(tab, { mode: 'solo' }, { signal: stop.signal });
    stop.abort();
    await expect(stopped.answer).rejects.toMatchObject({ code: 'cancelled' });
    const closed = await ask(tab, { mode: 'solo' });
    tab.peer.close();
    await expect(closed.answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(tab.host.worker.given('ask')).toEqual([]);
  });

  test('who wants a coalition waits for one, also where the whole model is here', async () => {
    const tab = await openLocal();
    tab.host.socket.close();
    const notices: unknown[] = [];
    void tab.peer.ask({ ...HELLO, mode: 'lan' }, { onNotice: (notice) => notices.push(notice) }).catch(() => {});
    await until(() => notices.length > 0);
    expect(tab.host.worker.given('ask')).toEqual([]);
  });

  test('one that cannot be loaded is no capability', async () => {
    const tab = await openReady({ 'open-local': () => Promise.reject(new PoolError('out-of-memory', 'No.')) });
    await expect(tab.peer.prepareLocal()).rejects.toMatchObject({ code: 'out-of-memory' });
    await ask(tab);
    expect(tab.host.socket.told('ask')[0]).not.toHaveProperty('capability');
  });
});

describe('an answer that ran when its page was closed', () => {
  const progress = {
    ...{
      session: '00112233445566aa' as SessionId,
      tokenIds: [1, 2, 3],
      text: 'Once upon',
      resumed: 0,
      cachedTokens: 0,
    },
    delivered: [{ epoch: 5, tokens: 3 }],
  };

  /** A page asks, hears something and is closed; another one of the same browser is opened. */
  async function reopened() {
    const first = await openReady({ ask: () => new Promise(() => {}) });
    const { number } = await ask(first, { maxTokens: 50 });
    grant(first, number);
    await until(() => first.host.worker.given('ask').length > 0);
    first.host.worker.tell('unfinished', { id: 1, ...progress });
    const kept = first.host.shelf.get(first.self)!;
    const second = await openTab({}, (host) => {
      host.keys = first.host.identities[0]!.keys;
      host.shelf.set(first.self, kept);
    });
    await second.hear(5, 'ready');
    return { number, kept, second };
  }

  test('is asked again by its number, and goes on with what had come', async () => {
    const { number, kept, second } = await reopened();
    const { messages } = HELLO;
    expect(kept).toMatchObject({ ask: number, job: JOB, ...progress, request: { messages, maxTokens: 50 } });
    const unfinished = second.state().unfinished!;
    expect(unfinished).toEqual({ request: { ...kept.request, resume: [1, 2, 3] }, text: 'Once upon' });
    const answer = second.peer.ask(unfinished.request);
    await until(() => second.host.socket.told('ask').length > 0);
    expect(second.host.socket.told('ask')).toMatchObject([{ ask: number, promptTokens: 12, maxTokens: 47 }]);
    grant(second, number);
    await until(() => second.host.worker.given('ask').length > 0);
    const [driven] = second.host.worker.given('ask');
    expect(driven).toMatchObject({ goesOn: progress, request: { resume: [1, 2, 3] } });
    expect(driven!.request.seed).toBe(kept.request.seed);
    await until(() => second.host.socket.told('ask-done').length > 0);
    settled(second);
    await answer;
    expect([second.host.shelf.size, second.state().unfinished]).toEqual([0, undefined]);
  });

  test('goes on as one that was cut where the server has ended its job', async () => {
    const { number, second } = await reopened();
    void second.peer.ask(second.state().unfinished!.request).catch(() => {});
    await until(() => second.host.socket.told('ask').length > 0);
    grant(second, number, PLAN, 'e'.repeat(32) as JobId);
    await until(() => second.host.worker.given('ask').length > 0);
    const [driven] = second.host.worker.given('ask');
    expect([driven!.goesOn, driven!.request.resume]).toEqual([undefined, [1, 2, 3]]);
  });

  test('is forgotten where it was stopped before it went on', async () => {
    const { second, number } = await reopened();
    const stopped = second.peer.ask(second.state().unfinished!.request, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect([second.host.shelf.size, second.host.socket.told('ask')]).toEqual([0, []]);
    // The server ends its job, and holds nothing for it any more.
    expect(second.host.socket.told('ask-cancel')).toEqual([{ type: 'ask-cancel', ask: number }]);
  });

  test('is forgotten where something else is asked', async () => {
    const { second, number } = await reopened();
    const other = await ask(second);
    expect(other.number).not.toBe(number);
    expect([second.host.shelf.size, second.state().unfinished]).toEqual([0, undefined]);
  });

  test('is of its own pool alone', async () => {
    const { kept } = await reopened();
    const elsewhere = await openTab({}, (host) => {
      host.unfinished.read = async () => ({ ...kept, pool: 'acme/other@main:q4' as PoolId });
    });
    expect(elsewhere.state().unfinished).toBeUndefined();
  });
});
