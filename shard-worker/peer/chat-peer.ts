// A tab that asks: watches a pool, keeps links to entry and exit of the coalition that serves, and lets the worker drive.
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { newIdentityKeys, peerIdOf, rawPublicKeyOf } from '../../protocol/identity.ts';
import { type ModelRef, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { type BrokeredChannel, ChannelBroker } from './channel-broker.ts';
import { ControlClient } from './control-client.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { Answer, AskHandlers, AskRequest, ChatState } from './peer-state.ts';
import { controlUrl, fetchSiteConfig, modelSource, shownError } from './site.ts';
import { type SpawnedWorker, spawnWorker } from './spawn-worker.ts';
import { type Store, ValueStore } from './store.ts';

export interface ChatPeer {
  readonly state: Store<ChatState>;
  /** Streams an answer. Rejects with `PoolError`. One at a time per peer object is enough for a page. */
  ask(request: AskRequest, handlers?: AskHandlers): Promise<Answer>;
  close(): void;
}

/** A first attempt may meet a stage that is busy, or a connection that fails to come up. */
const LINK_TRIES = 3;

/** Watches a pool and asks it. */
export function openChatPeer(options: { model: ModelRef; origin?: string }): ChatPeer {
  return new ChatRun(options.model, options.origin ?? location.origin);
}

class ChatRun implements ChatPeer {
  readonly state: ValueStore<ChatState>;
  readonly #model: ModelRef;
  readonly #origin: string;
  readonly #worker: SpawnedWorker = spawnWorker();
  readonly #asks = new Map<number, AskHandlers>();
  readonly #proofs = new Map<string, (error?: PoolError) => void>();
  /** Of the links of an epoch, by their ids. */
  readonly #closers = new Map<number, Map<number, () => void>>();
  readonly #tickets = new Map<number, string>();
  #control: ControlClient | undefined;
  #broker: ChannelBroker | undefined;
  #linked: number | undefined;
  #askCount = 0;
  #closed = false;

  constructor(model: ModelRef, origin: string) {
    this.#model = model;
    this.#origin = origin;
    this.state = new ValueStore<ChatState>({ phase: 'connecting', model, pools: [] });
    this.#worker.on('text', ({ id, delta }) => this.#asks.get(id)?.onText?.(delta));
    this.#worker.on('stats', ({ id, stats }) => this.#asks.get(id)?.onStats?.(stats));
    this.#worker.on('notice', ({ id, notice }) => this.#asks.get(id)?.onNotice?.(notice));
    this.#worker.on('link-closed', ({ id, epoch }) => this.#lost(id, epoch));
    this.#start().catch((error) => this.#fail(error));
  }

  async ask(request: AskRequest, handlers: AskHandlers = {}): Promise<Answer> {
    if (request.messages.every((message) => message.content.trim() === '')) {
      throw new PoolError('prompt-empty', 'There is nothing to answer.');
    }
    if (this.state.get().phase === 'no-stages') throw new PoolError('no-stages', 'No tab serves this model yet.');
    const id = ++this.#askCount;
    this.#asks.set(id, handlers);
    const cancel = () => void this.#worker.call('cancel', { id });
    handlers.signal?.addEventListener('abort', cancel);
    try {
      return await this.#worker.call('ask', { id, request });
    } finally {
      handlers.signal?.removeEventListener('abort', cancel);
      this.#asks.delete(id);
    }
  }

  close(): void {
    this.#closed = true;
    this.#control?.close();
    this.#broker?.close();
    this.#worker.terminate();
  }

  async #start(): Promise<void> {
    const [config, keys] = await Promise.all([fetchSiteConfig(this.#origin), newIdentityKeys()]);
    const self = await peerIdOf(await rawPublicKeyOf(keys.publicKey));
    await this.#worker.call('start-identity', { keys });
    await this.#worker.call('start-driver', { ...modelSource(this.#model, config, this.#origin), self });
    if (this.#closed) return;
    this.state.patch({ peer: self });
    this.#control = new ControlClient(controlUrl(this.#origin), keys, {
      onWelcome: (welcome) => this.#welcome(welcome),
      onMessage: (message) => this.#hear(message),
      onDown: (error, isFinal) => (isFinal ? this.#fail(error) : this.state.patch({ phase: 'connecting' })),
      vitals: () => ({ sessions: this.#asks.size, tokens: 0 }),
    });
  }

  #welcome(welcome: ServerMessage & { type: 'welcome' }): void {
    this.#broker ??= new ChannelBroker({
      self: welcome.peer,
      origin: this.#origin,
      iceServers: welcome.iceServers as RTCIceServer[],
      onChannel: (channel) => this.#takeChannel(channel),
    });
    this.#control?.send({ type: 'watch', model: this.#model });
    // A reconnection finds the links as they were; the first connection waits for word of a coalition.
    this.state.patch({ phase: this.#linked === undefined ? 'no-stages' : 'ready' });
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'pools') this.#hearPools(message.pools);
    else if (message.type === 'coalition') void this.#hearCoalition(message.coalition);
  }

  #hearPools(pools: ChatState['pools']): void {
    this.state.patch({ pools });
    const own = pools.find(({ pool }) => pool === poolIdOf(this.#model));
    // A pool that is empty or waits has no coalition; the last one's seats would say otherwise.
    if (this.#linked === undefined && (!own || own.state === 'empty' || own.state === 'waiting')) {
      const { coalition: _gone, ...rest } = this.state.get();
      this.state.set({ ...rest, phase: own?.state === 'waiting' ? 'forming' : 'no-stages' });
    } else if (this.#linked === undefined && this.state.get().phase === 'no-stages') {
      this.state.patch({ phase: 'forming' });
    }
  }

  async #hearCoalition(coalition: Coalition): Promise<void> {
    if (coalition.pool !== poolIdOf(this.#model)) return;
    const { epoch, state } = coalition;
    if (state === 'broken') {
      this.#drop(epoch);
      return;
    }
    if (state === 'forming') {
      // While an older epoch serves, the page goes on showing that one.
      if (this.#linked === undefined) this.state.patch({ phase: 'forming', coalition });
      return;
    }
    if (this.#tickets.has(epoch)) {
      if (this.#linked === epoch) this.state.patch({ coalition });
      return;
    }
    this.#tickets.set(epoch, coalition.ticket);
    try {
      await this.#link(coalition);
    } catch (error) {
      this.#tickets.delete(epoch);
      this.#closeEpoch(epoch);
      if (!this.#closed && this.#linked === undefined) this.state.patch({ phase: 'failed', error: shownError(error) });
    }
  }

  /** Links to entry and exit, then answers go there; the old epoch's links go when nothing runs over them. */
  async #link(coalition: Coalition): Promise<void> {
    const { epoch, ticket, seats } = coalition;
    const ends = new Set([seats[0]!.peer, seats[seats.length - 1]!.peer]);
    await Promise.all([...ends].map((peer) => this.#linkTo(peer, epoch)));
    if (!this.#tickets.has(epoch)) return;
    await this.#worker.call('use-coalition', { epoch, ticket, seats });
    const { error: _mended, ...rest } = this.state.get();
    this.#linked = epoch;
    this.state.set({ ...rest, phase: 'ready', coalition });
  }

  async #linkTo(peer: PeerId, epoch: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#linkOnce(peer, epoch);
      } catch (error) {
        if (attempt >= LINK_TRIES || this.#closed || !this.#tickets.has(epoch)) throw error;
      }
    }
  }

  async #linkOnce(peer: PeerId, epoch: number): Promise<void> {
    const proved = new Promise<void>((resolve, reject) => {
      this.#proofs.set(`${epoch}/${peer}`, (error) => (error ? reject(error) : resolve()));
    });
    proved.catch(() => {});
    try {
      await this.#broker!.connect(peer, epoch);
      await proved;
    } finally {
      this.#proofs.delete(`${epoch}/${peer}`);
    }
  }

  #takeChannel(brokered: BrokeredChannel): void {
    const { id, epoch, peer, direction } = brokered;
    // Nobody has a reason to open a link to a driver.
    if (direction === 'in') {
      brokered.close();
      return;
    }
    const closers = this.#closers.get(epoch) ?? new Map<number, () => void>();
    this.#closers.set(epoch, closers.set(id, brokered.close));
    const settle = this.#proofs.get(`${epoch}/${peer}`);
    handOverChannel(this.#worker, brokered, this.#tickets.get(epoch)).then(
      () => settle?.(),
      (error) => settle?.(PoolError.from(error)),
    );
  }

  #lost(id: number, epoch: number): void {
    // A link of an earlier attempt at this epoch says nothing about the present one.
    if (this.#closers.get(epoch)?.has(id)) this.#drop(epoch);
  }

  /** This epoch is over: what runs on it continues on the next one. */
  #drop(epoch: number): void {
    if (!this.#tickets.delete(epoch)) return;
    const error = new PoolError('stage-left', 'A stage of the route left.').toShape();
    void this.#worker.call('drop-coalition', { epoch, error }).catch(() => {});
    this.#closeEpoch(epoch);
    if (this.#linked !== epoch) return;
    this.#linked = undefined;
    const { coalition: _gone, ...rest } = this.state.get();
    this.state.set({ ...rest, phase: 'forming' });
  }

  #closeEpoch(epoch: number): void {
    for (const close of this.#closers.get(epoch)?.values() ?? []) close();
    this.#closers.delete(epoch);
  }

  #fail(cause: unknown): void {
    if (!this.#closed) this.state.patch({ phase: 'failed', error: shownError(cause) });
  }
}
