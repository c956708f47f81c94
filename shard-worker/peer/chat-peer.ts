// A tab that asks: watches a pool, asks the server for leave, and lets the worker drive over the coalition that serves, or
// alone where the whole model is in this tab.
import type { Capability, Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { peerIdOf, rawPublicKeyOf } from '../../protocol/identity.ts';
import { type PoolId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { keepIdentity } from '../host/keep-identity.ts';
import { type SpawnedWorker, spawnWorker } from '../host/spawn-worker.ts';
import { DEFAULT_MAX_TOKENS } from '../words/default-max-tokens.ts';
import { defaultMemoryBytes } from '../words/lend-memory.ts';
import type { Answer, AskHandlers, AskRequest, ChatState } from '../words/peer-state.ts';
import type { Driven } from '../worker/worker-api.ts';
import { AskDesk, type Granted } from './ask-desk.ts';
import { CoalitionLinks } from './coalition-links.ts';
import { ControlClient } from './control-client.ts';
import { controlUrl, fetchSiteConfig, modelSource, shownError } from './site.ts';
import { type Store, ValueStore } from './store.ts';

export interface ChatPeer {
  readonly state: Store<ChatState>;
  /** Streams an answer. Rejects with `PoolError`. One at a time per peer object is enough for a page. */
  ask(request: AskRequest, handlers?: AskHandlers): Promise<Answer>;
  /**
   * Loads the whole model into this tab, so that the planner may let it answer alone. `ChatState.local` shows how far it
   * is. Once is enough; rejects with what the download or the runtime failed with.
   */
  prepareLocal(): Promise<void>;
  close(): void;
}

/** An answer is shown as over even if its settlement takes longer; `ChatState.settlement` has it when it comes. */
const SETTLEMENT_WAIT_MS = 1_500;

/** Watches a pool and asks it. */
export function openChatPeer(options: { pool: PoolRef; origin?: string }): ChatPeer {
  return new ChatRun(options.pool, options.origin ?? location.origin);
}

class ChatRun implements ChatPeer {
  readonly state: ValueStore<ChatState>;
  readonly #ref: PoolRef;
  readonly #pool: PoolId;
  readonly #origin: string;
  readonly #worker: SpawnedWorker = spawnWorker();
  readonly #asks = new Map<number, AskHandlers>();
  readonly #desk: AskDesk;
  readonly #links: CoalitionLinks;
  readonly #started: Promise<void>;
  #control: ControlClient | undefined;
  #brokerToken = '';
  #releaseIdentity: (() => void) | undefined;
  #capability: Capability | undefined;
  #askCount = 0;
  #closed = false;

  constructor(pool: PoolRef, origin: string) {
    this.#ref = pool;
    this.#pool = poolIdOf(pool);
    this.#origin = origin;
    this.state = new ValueStore<ChatState>({ phase: 'connecting', pool: this.#pool, pools: [] });
    this.#desk = new AskDesk({
      send: (message) => this.#control?.send(message),
      onSettled: (settlement) => this.state.patch({ settlement }),
    });
    this.#links = new CoalitionLinks({
      worker: this.#worker,
      origin,
      onUse: (coalition) => this.#without(['error'], { phase: 'ready', coalition }),
      onDrop: () => this.#without(['coalition'], { phase: 'forming' }),
      onFail: (error) => this.state.patch({ phase: 'failed', error: shownError(error) }),
    });
    this.#worker.on('text', ({ id, delta }) => this.#asks.get(id)?.onText?.(delta));
    this.#worker.on('stats', ({ id, stats }) => this.#asks.get(id)?.onStats?.(stats));
    this.#worker.on('notice', ({ id, notice }) => this.#asks.get(id)?.onNotice?.(notice));
    this.#worker.on('local', (local) => {
      // A model that failed computes nothing any more.
      if (local.phase === 'failed') this.#capability = undefined;
      this.state.patch({ local });
    });
    this.#started = this.#start();
    this.#started.catch((error) => this.#fail(error));
  }

  async ask(request: AskRequest, handlers: AskHandlers = {}): Promise<Answer> {
    if (request.messages.every((message) => message.content.trim() === '')) {
      throw new PoolError('prompt-empty', 'There is nothing to answer.');
    }
    if (this.state.get().phase === 'no-stages' && !this.#capability) {
      throw new PoolError('no-stages', 'No tab serves this model yet.');
    }
    if (this.#asks.size > 0) throw new PoolError('rate-limited', 'One answer at a time in this tab.');
    const id = ++this.#askCount;
    this.#asks.set(id, handlers);
    try {
      const granted = await this.#getLeave(request, handlers);
      handlers.onPlan?.(granted.plan);
      const driven = await this.#drive(id, request, granted, handlers.signal);
      const { promptTokens, cachedTokens, completionTokens, stats, receipts } = driven;
      const usage = { promptTokens, cachedTokens, completionTokens, receipts };
      const settled = this.#desk.done({ job: granted.job, ...usage, ...(stats ? { stats } : {}) }, SETTLEMENT_WAIT_MS);
      if (!driven.answer) throw PoolError.from(driven.error);
      // The next question need not wait for this one's bill.
      this.#asks.delete(id);
      const settlement = await settled;
      return { ...driven.answer, plan: granted.plan, ...(settlement ? { settlement } : {}) };
    } finally {
      this.#asks.delete(id);
    }
  }

  async prepareLocal(): Promise<void> {
    await this.#started;
    const { backend, device, msPerLayer, totalBytes } = await this.#worker.call('open-local', { backend: 'auto' });
    // It holds that much already, whatever a careful default would lend.
    const memoryBytes = Math.max(defaultMemoryBytes(backend), totalBytes);
    this.#capability = { backend, device, msPerLayer, memoryBytes };
  }

  close(): void {
    this.#closed = true;
    this.#desk.close(new PoolError('cancelled', 'This tab left.'));
    this.#control?.close();
    this.#links.close();
    this.#worker.terminate();
    this.#releaseIdentity?.();
  }

  async #start(): Promise<void> {
    const [config, { keys, brokerToken, release }] = await Promise.all([fetchSiteConfig(this.#origin), keepIdentity()]);
    if (this.#closed) return release();
    this.#releaseIdentity = release;
    const self = await peerIdOf(await rawPublicKeyOf(keys.publicKey));
    await this.#worker.call('start-identity', { keys });
    const source = modelSource(this.#ref, config, this.#origin);
    await this.#worker.call('start-driver', { ...source, pool: this.#pool });
    if (this.#closed) return;
    this.state.patch({ peer: self });
    this.#brokerToken = brokerToken;
    this.#control = new ControlClient(controlUrl(this.#origin), keys, {
      onWelcome: (welcome) => this.#welcome(welcome),
      onMessage: (message) => this.#hear(message),
      onDown: (error, isFinal) => (isFinal ? this.#fail(error) : this.state.patch({ phase: 'connecting' })),
      vitals: () => ({ sessions: this.#asks.size, tokens: 0 }),
    });
  }

  /** Until the server lets this ask run. It learns how long the prompt is, never what it says. */
  async #getLeave(request: AskRequest, handlers: AskHandlers): Promise<Granted> {
    const { promptTokens, maxContext } = await this.#worker.call('count-prompt', { messages: request.messages });
    if (promptTokens >= maxContext) {
      const sentence = `The conversation has ${promptTokens} tokens; this model holds ${maxContext} and needs room to answer.`;
      throw new PoolError('context-exceeded', sentence, { data: { promptTokens, maxContext } });
    }
    const wish = {
      pool: this.#pool,
      promptTokens,
      maxTokens: Math.max(1, Math.min(request.maxTokens ?? DEFAULT_MAX_TOKENS, maxContext - promptTokens)),
      ...(request.mode && request.mode !== 'auto' ? { mode: request.mode } : {}),
      ...(this.#capability ? { capability: this.#capability } : {}),
    };
    const onQueue: AskHandlers['onQueue'] = (queue) => {
      this.state.patch({ queue });
      handlers.onQueue?.(queue);
    };
    try {
      return await this.#desk.request(wish, { onQueue, signal: handlers.signal });
    } finally {
      this.#without(['queue'], {});
    }
  }

  /** Never rejects: once there is a grant the server is told how it ended. */
  async #drive(id: number, request: AskRequest, granted: Granted, signal?: AbortSignal): Promise<Driven> {
    const cancel = () => void this.#worker.call('cancel', { id }).catch(() => {});
    signal?.addEventListener('abort', cancel);
    try {
      const { plan, grant } = granted;
      const driving = this.#worker.call('ask', { id, request, plan, ...(plan.local ? {} : { grant }) });
      if (signal?.aborted) cancel();
      return await driving;
    } catch (cause) {
      const nothing = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, receipts: [] };
      return { error: PoolError.from(cause).toShape(), ...nothing };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #welcome(welcome: ServerMessage & { type: 'welcome' }): void {
    const { orchestratorKey } = welcome;
    this.#worker.call('trust-server', { orchestratorKey }).catch((error) => this.#fail(error));
    this.#links.open(welcome.peer, this.#brokerToken, welcome.iceServers as RTCIceServer[]);
    this.#control?.send({ type: 'watch', pool: this.#pool });
    this.#desk.welcome();
    // A reconnection finds the links as they were; the first connection waits for word of a coalition.
    this.state.patch({ phase: this.#links.linked === undefined ? 'no-stages' : 'ready' });
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'pools') this.#hearPools(message.pools);
    else if (message.type === 'coalition') this.#hearCoalition(message.coalition, message.ticket);
    else this.#desk.hear(message);
  }

  #hearPools(pools: ChatState['pools']): void {
    this.state.patch({ pools });
    if (this.#links.linked !== undefined) return;
    const own = pools.find(({ pool }) => pool === this.#pool);
    // A pool that is empty or waits has no coalition; the last one's seats would say otherwise.
    if (!own || own.state === 'empty' || own.state === 'waiting') {
      this.#without(['coalition'], { phase: own?.state === 'waiting' ? 'forming' : 'no-stages' });
    } else if (this.state.get().phase === 'no-stages') this.state.patch({ phase: 'forming' });
  }

  #hearCoalition(coalition: Coalition, ticket: string): void {
    if (coalition.pool !== this.#pool) return;
    if (coalition.state === 'broken') this.#links.drop(coalition.epoch);
    else if (coalition.state === 'ready') void this.#links.use(coalition, ticket);
    // While an older epoch serves, the page goes on showing that one.
    else if (this.#links.linked === undefined) this.state.patch({ phase: 'forming', coalition });
  }

  /** Patches the state without these fields. */
  #without(names: readonly ('error' | 'coalition' | 'queue')[], fields: Partial<ChatState>): void {
    const rest = { ...this.state.get() };
    for (const name of names) delete rest[name];
    this.state.set({ ...rest, ...fields });
  }

  #fail(cause: unknown): void {
    if (!this.#closed) this.state.patch({ phase: 'failed', error: shownError(cause) });
  }
}
