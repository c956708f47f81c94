// An asking tab without a browser: it watches, links, loses its coalition, loses the server, leaves. The test plays the server,
// the worker and the other peers.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { settle, startClock, stopClock, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import type { Notice } from '../words/peer-state.ts';
import { openChatPeer } from './chat-peer.ts';
import { ask, B, C, grant, openReady, openTab, settled } from './test-chat-tab.ts';
import { coalitionOf, MODEL, POOL, peerOf, poolsOf, tellOf } from './test-pool.ts';

beforeEach(stopClock);
afterEach(startClock);

describe('watching', () => {
  test('reads the tokenizer, says what it watches, and shows what the pool is', async () => {
    const { host, self, state } = await openTab();
    expect(host.worker.calls.map(({ method }) => method)).toEqual(['start-identity', 'start-driver', 'trust-server']);
    expect(host.socket.told('watch')).toEqual([{ type: 'watch', pool: POOL }]);
    expect(state()).toMatchObject({ phase: 'no-stages', peer: self, pool: POOL, pools: [] });
    host.socket.say(poolsOf('waiting'));
    expect(state()).toMatchObject({ phase: 'forming', pools: [{ pool: POOL }] });
    // The broker is asked for nothing before there is somebody to link to.
    expect(host.broker.isOpen).toBe(false);
  });

  test('links to entry and exit, with its ticket, and then answers go there', async () => {
    const { host, hear, state } = await openTab();
    await hear(5, 'forming', [B, peerOf('e'), C]);
    expect(state()).toMatchObject({ phase: 'forming', coalition: { epoch: 5 } });
    await hear(5, 'ready', [B, peerOf('e'), C]);
    expect(host.worker.given('hold-ticket')).toEqual([{ epoch: 5, ticket: 'ticket-5' }]);
    expect(host.broker.asked.map(({ peer }) => peer)).toEqual([B, C]);
    expect(host.worker.given('use-coalition')).toMatchObject([{ epoch: 5, seats: [{}, {}, {}] }]);
    expect(state()).toMatchObject({ phase: 'ready', coalition: { state: 'ready' } });
  });

  test('E12: a model that nobody can serve is said at once, and one that nobody serves yet is waited for', async () => {
    const missing = new PoolError('model-not-found', 'acme/tiny has no weights in q4; it has fp32.');
    const { host, state } = await openTab({ 'check-model': () => Promise.reject(missing) });
    host.socket.say({ type: 'pools', pools: [] });
    host.socket.say({ type: 'pools', pools: [] });
    await settle();
    expect(host.worker.given('check-model')).toHaveLength(1);
    expect(state()).toMatchObject({ phase: 'failed', error: { code: missing.code, message: missing.message } });

    const away = new PoolError('download-failed', 'The hub does not answer.');
    const other = await openTab({ 'check-model': () => Promise.reject(away) });
    other.host.socket.say({ type: 'pools', pools: [] });
    await settle();
    expect(other.state().phase).toBe('no-stages');

    const served = await openTab();
    served.host.socket.say(poolsOf('waiting'));
    await settle();
    expect(served.host.worker.given('check-model')).toEqual([]);
  });

  test('one link leads to a coalition of one; nobody may open one to this tab', async () => {
    const { host, hear } = await openTab();
    await hear(5, 'ready', [B]);
    expect(host.broker.asked).toHaveLength(1);
    const { id } = host.broker.make({ peer: C, epoch: 5, lane: 0, direction: 'in' });
    expect(host.broker.closed).toEqual(new Set([id]));
    expect(host.worker.given('add-link')).toHaveLength(1);
    host.worker.tell('link-long', { epoch: 5, peer: B });
    await settle();
    expect(host.broker.asked.at(-1)).toEqual({ peer: B, epoch: 5, lane: 1 });
  });

  test('a stage that cannot be reached is tried three times, then shown', async () => {
    const { host, hear, state } = await openTab();
    host.unreachable.add(C);
    await hear(5, 'ready');
    expect(host.broker.asked.filter(({ peer }) => peer === C)).toHaveLength(3);
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'link-failed' } });
    // What was linked already is let go.
    expect(host.broker.released.size).toBe(1);
    host.unreachable.clear();
    await hear(6, 'ready');
    expect(state().phase).toBe('ready');
    expect(state().error).toBeUndefined();
  });

  test('a site that does not answer is shown', async () => {
    const host = new TestHost();
    host.isSiteUp = false;
    const peer = openChatPeer(host, { pool: MODEL });
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error?.code).toBe('link-failed');
    await expect(peer.prepareLocal()).rejects.toMatchObject({ code: 'link-failed' });
  });
});

describe('the coalition', () => {
  test('breaks: laps over it end, its links are closed, and the next one is linked to', async () => {
    const { host, hear, state } = await openReady();
    await hear(5, 'broken');
    expect(host.worker.given('drop-coalition')).toMatchObject([{ epoch: 5, error: { code: 'stage-left' } }]);
    expect([...host.broker.released.keys()]).toEqual([1, 2]);
    expect(state().phase).toBe('forming');
    await hear(6, 'ready', [C]);
    expect(state()).toMatchObject({ phase: 'ready', coalition: { epoch: 6 } });
  });

  test('is lost to this tab when its link breaks; linked to again when it is told of', async () => {
    const { host, hear, state } = await openReady();
    host.breakLink(C, 5);
    expect(host.worker.given('drop-coalition')).toHaveLength(1);
    expect(state()).toMatchObject({ phase: 'forming' });
    // The other link of the epoch was closed with it, and is no second loss.
    host.breakLink(B, 5);
    expect(host.worker.given('drop-coalition')).toHaveLength(1);
    await hear(5, 'ready');
    expect(state().phase).toBe('ready');
  });

  test('changes under it: answers go on over the old one until the new one is linked', async () => {
    const { host, hear, state } = await openReady();
    await hear(6, 'forming', [C, B]);
    expect(state().coalition?.epoch).toBe(5);
    await hear(6, 'ready', [C, B]);
    expect(state().coalition?.epoch).toBe(6);
    expect(host.broker.released.size).toBe(0);
    await hear(5, 'broken');
    expect([...host.broker.released.keys()]).toEqual([1, 2]);
    expect(state().phase).toBe('ready');
  });

  test('breaks while it is linked to: nothing failed', async () => {
    const linking: ((error: PoolError) => void)[] = [];
    const { host, hear, state } = await openTab({
      'add-link': () => new Promise((_ok, reject) => void linking.push(reject)),
    });
    await hear(5, 'ready');
    await hear(5, 'broken');
    for (const reject of linking) reject(new PoolError('link-failed', 'It was closed.'));
    await settle();
    expect(state().phase).toBe('no-stages');
    expect(host.worker.given('use-coalition')).toEqual([]);
  });

  test('a fresh ticket is held', async () => {
    const { host } = await openReady();
    host.socket.say(tellOf(coalitionOf(5, 'ready', [B, C]), 'fresh'));
    await settle();
    expect(host.worker.given('hold-ticket').map(({ ticket }) => ticket)).toEqual(['ticket-5', 'fresh']);
    expect(host.broker.asked).toHaveLength(2);
  });
});

describe('the server', () => {
  test('away and back: the links stay, and what was not answered is asked again', async () => {
    const tab = await openReady();
    const { answer, number } = await ask(tab);
    tab.host.socket.close();
    expect(tab.state().phase).toBe('connecting');
    await vi.advanceTimersByTimeAsync(500);
    await tab.host.welcome();
    expect(tab.state().phase).toBe('forming');
    // B9: whoever is asked before there is a coalition refuses.
    expect(tab.host.socket.told('ask')).toEqual([]);
    await tab.hear(5, 'ready');
    expect(tab.state().phase).toBe('ready');
    expect(tab.host.socket.told('watch')).toHaveLength(1);
    expect(tab.host.socket.told('ask')).toMatchObject([{ ask: number }]);
    expect(tab.host.broker.asked).toHaveLength(2);
    grant(tab, number);
    await until(() => tab.host.socket.told('ask-done').length > 0);
    settled(tab);
    expect(await answer).toMatchObject({ text: 'Hi.' });
  });

  test('B9: a question waits for as long as it takes, and says so', async () => {
    const tab = await openReady();
    const notices: (Notice | undefined)[] = [];
    const { answer } = await ask(tab, {}, { onNotice: (notice) => notices.push(notice) });
    tab.host.socket.close();
    expect(notices).toEqual([{ kind: 'held' }]);
    expect(tab.state().away).toEqual({ sinceMs: expect.any(Number), nextTryMs: expect.any(Number) });
    for (let minutes = 0; minutes < 20; minutes++) {
      await vi.advanceTimersByTimeAsync(60_000);
      tab.host.socket.close();
    }
    await vi.advanceTimersByTimeAsync(30_000);
    await tab.host.welcome();
    expect(tab.state()).not.toHaveProperty('away');
    await tab.hear(6, 'ready');
    const number = tab.host.socket.told('ask').at(-1)!.ask;
    grant(tab, number);
    await until(() => tab.host.socket.told('ask-done').length > 0);
    settled(tab);
    expect(await answer).toMatchObject({ text: 'Hi.' });
    expect(notices.at(-1)).toBeUndefined();
  });

  test('refuses this peer for good', async () => {
    const { host, state } = await openReady();
    host.socket.say({ type: 'error', error: { code: 'not-authentic', message: 'Who?' } });
    host.socket.close();
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'not-authentic' } });
  });
});

test('closed, all that waits is cancelled and everything is freed', async () => {
  const tab = await openReady();
  const { answer } = await ask(tab);
  tab.peer.close();
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  const { host } = tab;
  expect(host.socket.heard.at(-1)).toEqual({ type: 'leave' });
  expect([host.broker.isClosed, host.worker.isTerminated, host.released]).toEqual([true, true, 1]);
  await tab.hear(6, 'ready');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tab.state()).toMatchObject({ phase: 'ready', coalition: { epoch: 5 } });
  expect(host.sockets).toHaveLength(1);
});

test('a worker that stopped, or had to be stopped, is told, and nothing is asked of it any more', async () => {
  const { host, peer, state, hear } = await openTab();
  await hear(5, 'ready');
  const asked = peer.ask({ messages: [{ role: 'user', content: 'hi' }] });
  host.worker.script['encode-prompt'] = () => new Promise(() => {});
  host.worker.end(new PoolError('model-unsupported', 'The model’s tokenizer did not end.'));
  await expect(asked).rejects.toMatchObject({ code: 'model-unsupported' });
  expect(state()).toMatchObject({ phase: 'failed', error: { code: 'model-unsupported' } });
  expect(host.socket.isOpen).toBe(false);
});
