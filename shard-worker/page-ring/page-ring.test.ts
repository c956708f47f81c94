import { afterEach, describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { openGrant } from '../../protocol/grant.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { checkMayAsk, openTicket } from '../../protocol/ticket.ts';
import { TestHost } from '../host/test-host.ts';
import type { TestWorker, WorkerScript } from '../host/test-worker.ts';
import type { AnswerStats } from '../words/peer-state.ts';
import type { HandedChannel, LinkOffer } from '../worker/worker-api.ts';
import type { Hop } from './hop-watch.ts';
import { openPageRing, type PageRing } from './page-ring.ts';

const POOL = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } as const;
const answer = {
  text: 'A shard is a part.',
  tokenIds: [5, 6],
  finishReason: 'stop' as const,
  stats: {} as AnswerStats,
};

const opened: PageRing[] = [];
afterEach(() => {
  for (const ring of opened.splice(0)) ring.close();
});

function open(script: WorkerScript = {}, isSiteUp = true) {
  const host = new TestHost(script);
  host.isSiteUp = isSiteUp;
  const ring = openPageRing(host, { pool: POOL, stages: 3, maxTokens: 16 });
  opened.push(ring);
  return { ring, workers: host.workers };
}

const portsOf = (worker: TestWorker) => worker.given('add-link') as (LinkOffer & HandedChannel)[];
const ready = (ring: PageRing) => expect.poll(() => ring.state.get().phase).toBe('ready');
const asked = () => {
  const text: string[] = [];
  const hops: Hop[] = [];
  const handlers = { onText: (delta: string) => text.push(delta), onHop: (hop: Hop) => hops.push(hop) };
  return { text, hops, handlers: { ...handlers, signal: new AbortController().signal } };
};

describe('a ring within a page', () => {
  it('gives each worker its layers, a ticket that its links accept, and the way to the next', async () => {
    const { ring, workers } = open();
    await ready(ring);
    expect(workers).toHaveLength(4);
    const { coalition } = ring.state.get();
    expect(coalition).toMatchObject({ state: 'ready', epoch: 1 });
    expect(coalition!.seats.map(({ start, end, ready }) => [start, end, ready])).toEqual([
      [0, 2, true],
      [2, 4, true],
      [4, 6, true],
    ]);
    const tickets = await Promise.all(
      workers.map(async (worker) => {
        const [{ orchestratorKey: publicKey, nowSeconds }] = worker.given('trust-server') as [never];
        const { ticket, epoch } = worker.given('hold-ticket')[0]!;
        const peers = [...coalition!.seats.map(({ peer }) => peer), ...workers.flatMap(askersOf)];
        const whose = await Promise.all(
          peers.map((peer) => openTicket(ticket, { publicKey, peer, epoch, nowSeconds }).catch(() => undefined)),
        );
        return whose.find((one) => one !== undefined)!;
      }),
    );
    const ticketOf = (peer: PeerId) => tickets.find((ticket) => ticket.peer === peer)!;
    const links = workers.flatMap((worker, at) => portsOf(worker).map((link) => ({ at, link })));
    const asks = links.filter(({ link }) => link.direction === 'out');
    // Along the ring twice, from the entry to the exit, and two of who asks.
    expect(asks).toHaveLength(5);
    for (const { at, link } of asks) {
      const other = links.find(({ link: far }) => far.id === link.id && far.direction === 'in')!;
      expect(() => checkMayAsk(ticketOf(other.link.peer), ticketOf(link.peer))).not.toThrow();
      expect(other.at).not.toBe(at);
    }
    expect(workers.filter((worker) => worker.given('serve-epoch').length > 0)).toHaveLength(3);
    expect(workers.filter((worker) => worker.given('start-driver').length > 0)).toHaveLength(1);
  });

  it('asks with a grant for this prompt, tells its text, and takes one question at a time', async () => {
    let goOn = () => {};
    const { ring, workers } = open({
      ask: async () => {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return { answer, promptTokens: 9, cachedTokens: 0, completionTokens: 2 };
      },
    });
    const { text, handlers } = asked();
    const answering = ring.ask('What is a shard?', handlers);
    await ready(ring);
    const asker = workers.find((worker) => worker.given('start-driver').length > 0)!;
    await expect.poll(() => asker.given('ask')).toHaveLength(1);
    const { id, request, plan, grant } = asker.given('ask')[0]!;
    expect({ request, plan }).toEqual({
      request: { messages: [{ role: 'user', content: 'What is a shard?' }], temperature: 0, maxTokens: 16 },
      plan: { local: false, drafter: 'none' },
    });
    const [{ orchestratorKey: publicKey, nowSeconds }] = asker.given('trust-server') as [never];
    const pool = ring.state.get().coalition!.pool;
    const driver = askersOf(workers[0]!)[0]!;
    expect(await openGrant(grant!, { publicKey, driver, pool, nowSeconds })).toMatchObject({
      promptTokens: 9,
      maxPosition: 25,
    });
    asker.tell('text', { id, delta: 'A ' });
    asker.tell('text', { id: id + 1, delta: 'of nobody' });
    await expect(ring.ask('And?', asked().handlers)).rejects.toMatchObject({ code: 'rate-limited' });
    goOn();
    expect(await answering).toEqual(answer);
    expect(text).toEqual(['A ']);
  });

  it('gives the failure of an answer, and can be asked again', async () => {
    let tries = 0;
    const { ring } = open({
      ask: () => {
        const error = new PoolError('stage-failed', 'It broke.').toShape();
        const usage = { promptTokens: 9, cachedTokens: 0, completionTokens: 0 };
        return tries++ === 0 ? { error, ...usage } : { answer, ...usage };
      },
    });
    await expect(ring.ask('What?', asked().handlers)).rejects.toMatchObject({ code: 'stage-failed' });
    expect(await ring.ask('What?', asked().handlers)).toEqual(answer);
  });

  it('says why it could not form, and holds nothing then', async () => {
    const { ring, workers } = open({
      'load-stage': () => Promise.reject(new PoolError('download-failed', 'A file did not come.')),
    });
    await expect.poll(() => ring.state.get().error?.code).toBe('download-failed');
    expect(ring.state.get().phase).toBe('failed');
    expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
    await expect(ring.ask('What?', asked().handlers)).rejects.toMatchObject({ code: 'download-failed' });
    const away = open({}, false);
    await expect.poll(() => away.ring.state.get().error?.code).toBe('link-failed');
  });

  it('ends its workers when it is closed, whatever they are at', async () => {
    const { ring, workers } = open({ 'read-model': () => new Promise(() => {}) });
    await expect.poll(() => workers.length).toBeGreaterThan(0);
    ring.close();
    await expect(ring.ask('What?', asked().handlers)).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
    expect(ring.state.get().phase).toBe('loading');
  });
});

/** Peers that a stage takes links of and that are no stages. */
function askersOf(worker: TestWorker): PeerId[] {
  const stages = (worker.given('use-coalition')[0]?.seats ?? []).map(({ peer }) => peer);
  if (stages.length === 0) return [];
  return portsOf(worker).flatMap(({ peer }) => (stages.includes(peer) ? [] : [peer]));
}
