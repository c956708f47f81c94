// A whole ring within one page: a worker for each stage and one that asks, as tabs have them, with the page as the wire between.
// What computes, proves itself and travels is what computes, proves itself and travels between tabs; WebRTC and the server alone have
// a stand-in. Never reaches another tab.
import type { Coalition, Seat } from '../../protocol/control.ts';
import { type ErrorShape, PoolError } from '../../protocol/errors.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { modelOf, type PeerId, type PoolId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { defaultMemoryBytes } from '../../protocol/lend-memory.ts';
import { type Store, ValueStore } from '../../protocol/value-store.ts';
import type { Host, HostWorker } from '../host/host.ts';
import { type Bridge, makeBridge } from '../links/port-bridge.ts';
import { fetchSiteConfig } from '../peer/fetch-site-config.ts';
import { modelSource, shownError } from '../peer/site.ts';
import type { ModelSource } from '../words/model-source.ts';
import type { AnswerStats, StageState } from '../words/peer-state.ts';
import { ASKER, HoldBack, type Hop, watchHops } from './hop-watch.ts';
import { PAGE_EPOCH, PageServer } from './page-server.ts';
import { splitLayers } from './split-layers.ts';

export interface PageRingState {
  phase: 'loading' | 'ready' | 'failed';
  /** The program that computes, as it comes. */
  runtime?: StageState['runtime'];
  /** Once the model's structure was read. */
  coalition?: Coalition;
  error?: ErrorShape & { next: string };
}

export interface PageAnswer {
  text: string;
  tokenIds: number[];
  stats: AnswerStats;
}

export interface PageRing {
  readonly state: Store<PageRingState>;
  /** The most likely tokens, one after another. Waits until the ring is there; one question at a time. */
  ask(question: string, handlers: AskedHandlers): Promise<PageAnswer>;
  /** Each frame is held back for so long from now on; 0 lets go of those that are. */
  holdBack(ms: number): void;
  close(): void;
}

export interface AskedHandlers {
  onText(delta: string): void;
  /** As it passes. */
  onHop(hop: Hop): void;
  signal: AbortSignal;
}

export interface PageRingOptions {
  pool: PoolRef;
  /** As many as the model has layers at most. */
  stages: number;
  maxTokens: number;
}

interface Program {
  worker: HostWorker;
  peer: PeerId;
}

/** A model that a page shows this with is done sooner on the CPU than its kernels are compiled, once for each stage. */
const BACKEND = 'wasm';
/** There are no certificates within a page: both ends of a wire are told the same two names. */
const [NEAR, FAR] = ['0'.repeat(64), 'f'.repeat(64)] as [string, string];

type PageHost = Pick<Host, 'origin' | 'device' | 'fetch' | 'spawnWorker'>;

export const openPageRing = (host: PageHost, options: PageRingOptions): PageRing => new RunningRing(host, options);

class RunningRing implements PageRing {
  readonly state = new ValueStore<PageRingState>({ phase: 'loading' });
  readonly #host: PageHost;
  readonly #options: PageRingOptions;
  readonly #pool: PoolId;
  readonly #workers: HostWorker[] = [];
  readonly #bridges: Bridge[] = [];
  readonly #holdBack = new HoldBack();
  readonly #started: Promise<{ asker: Program; server: PageServer }>;
  #asked: (AskedHandlers & { id: number }) | undefined;
  #asks = 0;
  #isClosed = false;

  constructor(host: PageHost, options: PageRingOptions) {
    this.#host = host;
    this.#options = options;
    this.#pool = poolIdOf(options.pool);
    this.#started = this.#start();
    this.#started.catch((cause) => this.#fail(cause));
  }

  async ask(question: string, handlers: AskedHandlers): Promise<PageAnswer> {
    const { asker, server } = await this.#started;
    if (this.#asked) throw new PoolError('rate-limited', 'One answer at a time in this page.');
    const id = ++this.#asks;
    this.#asked = { ...handlers, id };
    const cancel = () => void asker.worker.call('cancel', { id }).catch(() => {});
    handlers.signal.addEventListener('abort', cancel);
    try {
      const messages = [{ role: 'user' as const, content: question }];
      const { prompt, maxContext } = await asker.worker.call('encode-prompt', { messages });
      const { maxTokens } = this.#options;
      const maxPosition = Math.min(maxContext, prompt.length + maxTokens);
      const grant = await server.grant(asker.peer, { promptTokens: prompt.length, maxPosition });
      if (handlers.signal.aborted) throw new PoolError('cancelled', 'The answer was cancelled.');
      const request = { messages, temperature: 0, maxTokens };
      const plan = { local: false, drafter: 'none' as const };
      const { answer, error } = await asker.worker.call('ask', { id, request, prompt, plan, grant });
      if (!answer) throw PoolError.from(error);
      return answer;
    } finally {
      handlers.signal.removeEventListener('abort', cancel);
      this.#asked = undefined;
    }
  }

  holdBack(ms: number): void {
    this.#holdBack.set(ms);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const worker of this.#workers) worker.terminate();
    for (const bridge of this.#bridges) bridge.close();
  }

  async #start(): Promise<{ asker: Program; server: PageServer }> {
    const { pool } = this.#options;
    const config = await fetchSiteConfig(this.#host.origin, this.#host);
    const source = modelSource(pool, config, this.#host.origin);
    // Alone: what it brings of program and graph the others find in the browser's cache.
    const first = await this.#open();
    first.worker.on('runtime-progress', (runtime) => this.#patch({ runtime }));
    const { layers, device } = await read(first, source);
    const ranges = splitLayers(layers, this.#options.stages);
    const [asker, ...others] = await Promise.all(ranges.map(() => this.#open()));
    await Promise.all(others.map((stage) => read(stage, source)));
    const stages = [first, ...others];
    const seats = ranges.map((range, stage): Seat => {
      const nothing = { totalBytes: 0, loadedBytes: 0, ready: false };
      return { peer: stages[stage]!.peer, ...range, backend: BACKEND, device, ...nothing };
    });
    const forming = { pool: this.#pool, model: modelOf(pool), epoch: PAGE_EPOCH, seats };
    this.#patch({ coalition: { ...forming, state: 'forming' } });

    const server = await PageServer.start(this.#pool, layers);
    await Promise.all([introduce(asker!, server), ...stages.map((one, at) => introduce(one, server, ranges[at]))]);
    await Promise.all(stages.map((stage, at) => this.#load(stage, at, layers)));
    await this.#linkAll(asker!, stages);
    await Promise.all(stages.map(({ worker }) => worker.call('serve-epoch', { epoch: PAGE_EPOCH })));
    const coalition = { epoch: PAGE_EPOCH, seats: this.state.get().coalition!.seats };
    await first.worker.call('use-coalition', coalition);
    await first.worker.call('coalition-serves', { epoch: PAGE_EPOCH });
    await this.#listen(asker!, { ...source, pool: this.#pool });
    await asker!.worker.call('use-coalition', coalition);
    this.#patch({ phase: 'ready', coalition: { ...forming, seats: coalition.seats, state: 'ready' } });
    return { asker: asker!, server };
  }

  async #open(): Promise<Program> {
    if (this.#isClosed) throw new PoolError('cancelled', 'The page was left.');
    const worker = this.#host.spawnWorker();
    this.#workers.push(worker);
    worker.onEnd((error) => this.#fail(error));
    worker.on('fault', (shape) => this.#fail(PoolError.from(shape)));
    const keys = await newIdentityKeys();
    const { peer } = await identityOf(keys);
    await worker.call('start-identity', { keys });
    return { worker, peer };
  }

  async #load({ worker }: Program, stage: number, layers: number): Promise<void> {
    const { seats } = this.state.get().coalition!;
    const { start, end } = seats[stage]!;
    const next = seats[stage + 1]?.peer;
    worker.on('load-progress', ({ loadedBytes, totalBytes }) => this.#patchSeat(stage, { loadedBytes, totalBytes }));
    const lent = { memoryBytes: defaultMemoryBytes(BACKEND, this.#host.device) };
    const place = { epoch: PAGE_EPOCH, pool: this.#pool, stage, start, end, layers, lent };
    await worker.call('load-stage', { ...place, ...(next ? { next } : {}) });
    this.#patchSeat(stage, { ready: true });
  }

  /** The links of a coalition: along the ring, from the entry to the exit for its results, and those of who asks. */
  async #linkAll(asker: Program, stages: readonly Program[]): Promise<void> {
    const exit = stages.length - 1;
    const ways = stages.slice(1).map((_, stage): [number, number] => [stage, stage + 1]);
    if (exit > 1) ways.push([0, exit]);
    ways.push([ASKER, 0]);
    if (exit > 0) ways.push([ASKER, exit]);
    const programOf = (end: number): Program => stages[end] ?? asker;
    await Promise.all(ways.map((way, id) => this.#link(id, way, [programOf(way[0]), programOf(way[1])])));
  }

  async #link(id: number, way: [number, number], [from, to]: readonly [Program, Program]): Promise<void> {
    const onHop = (hop: Hop): void => this.#asked?.onHop(hop);
    const bridge = makeBridge(watchHops(way, { holdBack: this.#holdBack, onHop }));
    this.#bridges.push(bridge);
    const [atFrom, atTo] = bridge.ends;
    const common = { id, epoch: PAGE_EPOCH, lane: 0 };
    const into = { peer: from.peer, direction: 'in', fingerprints: { local: FAR, remote: NEAR }, port: atTo } as const;
    const out = { peer: to.peer, direction: 'out', fingerprints: { local: NEAR, remote: FAR }, port: atFrom } as const;
    await to.worker.call('add-link', { ...common, ...into }, [atTo]);
    await from.worker.call('add-link', { ...common, ...out }, [atFrom]);
  }

  async #listen({ worker }: Program, source: ModelSource & { pool: PoolId }): Promise<void> {
    worker.on('text', ({ id, delta }) => {
      if (this.#asked?.id === id) this.#asked.onText(delta);
    });
    await worker.call('start-driver', source);
  }

  #patch(fields: Partial<PageRingState>): void {
    if (!this.#isClosed) this.state.patch(fields);
  }

  #patchSeat(stage: number, fields: Partial<Seat>): void {
    const coalition = this.state.get().coalition!;
    const seats = coalition.seats.map((seat, at) => (at === stage ? { ...seat, ...fields } : seat));
    this.#patch({ coalition: { ...coalition, seats } });
  }

  /** Nothing of it computes any more. */
  #fail(cause: unknown): void {
    this.#patch({ phase: 'failed', error: shownError(cause) });
    this.close();
  }
}

async function read({ worker }: Program, source: ModelSource): Promise<{ layers: number; device: string }> {
  await worker.call('start-backend', { backend: BACKEND });
  const { layers } = await worker.call('read-model', source);
  const { device } = await worker.call('try-backend', {});
  return { layers, device };
}

async function introduce({ worker, peer }: Program, server: PageServer, layers?: { start: number; end: number }) {
  const ticket = await server.ticket(peer, layers);
  await worker.call('trust-server', server.trust);
  await worker.call('hold-ticket', { epoch: PAGE_EPOCH, ticket });
}
