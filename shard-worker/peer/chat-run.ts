// A tab that asks, from opening to closing: does what its life asks for and tells its life what came of it; brings asks to
// the server for a grant, and to the worker to be driven; without a server a tab that holds the whole model answers alone. Reads
// no text.

import { checkPrompt } from '../../protocol/check-prompt.ts';
import type { Capability, Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { type PeerId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { defaultMemoryBytes } from '../../protocol/lend-memory.ts';
import { ASKS_OF_PAGE, DRIVER_LANES } from '../../protocol/limits.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { Host, HostWorker } from '../host/host.ts';
import type { UnfinishedShelf } from '../host/keep-unfinished.ts';
import { DEFAULT_MAX_TOKENS } from '../words/default-max-tokens.ts';
import type { Answer, AskHandlers, AskRequest, ChatState } from '../words/peer-state.ts';
import type { Unfinished } from '../words/unfinished.ts';
import type { Driven, DriveRequest, LocalReady, WorkerEvents } from '../worker/worker-api.ts';
import { AskClient, type Granted } from './ask-client.ts';
import { applyChatEvent, type ChatEffect, type ChatEvent, type ChatLife, newChatLife } from './chat-life.ts';
import { PeerLinks } from './peer-links.ts';
import { PeerSession } from './peer-session.ts';
import { planAlone } from './plan-alone.ts';
import { modelSource } from './site.ts';
import { whyUnserved } from './why-unserved.ts';

/** An answer is shown as over even if its settlement takes longer; `AskHandlers.onSettled` is told when it comes. */
const SETTLEMENT_WAIT_MS = 1_500;
/** Whoever wants this device alone needs the server's plan for its figures only. */
const SOLO_PATIENCE_MS = 2_000;
/** A link that breaks again and again is not asked for at once. */
const WATCH_AGAIN_MS = 1_000;
/** A first attempt may meet a stage that is busy, or a connection that fails to come up. */
const LINK_TRIES = 3;

/** What an answer begins with: its prompt, and the server's grant, or, of which it is told nothing, this tab's own plan. */
type Permit = Pick<Granted, 'plan' | 'grant' | 'ring'> & Partial<Pick<Granted, 'job'>> & Pick<DriveRequest, 'prompt'>;

type AskedSite = { pool: PoolRef; origin?: string; config?: SiteConfig };

export class ChatRun {
  readonly state: ValueStore<ChatState>;
  readonly #host: Host;
  readonly #shelf: UnfinishedShelf;
  readonly #session: PeerSession;
  readonly #worker: HostWorker;
  readonly #links: PeerLinks;
  readonly #asks = new Map<number, AskHandlers>();
  readonly #asking: AskClient;
  readonly #started: Promise<void>;
  #life: ChatLife;
  #capability: Capability | undefined;
  /** The whole model, in this tab. */
  #local: LocalReady | undefined;
  #askCount = 0;
  #unserved: Promise<unknown> | undefined;
  #self: PeerId | undefined;
  /** An earlier page left it. */
  #left: Unfinished | undefined;
  /** What this page's answer is, for one that comes after it. */
  #kept: Omit<Unfinished, 'at' | keyof WorkerEvents['unfinished']> | undefined;

  constructor(host: Host, { pool, origin, config }: AskedSite, shelf: UnfinishedShelf) {
    this.#host = host;
    this.#shelf = shelf;
    this.#life = newChatLife(poolIdOf(pool), 'asks');
    this.state = new ValueStore<ChatState>({ pool: this.#life.pool, ...this.#life.shown });
    this.#session = new PeerSession(host, origin);
    this.#worker = this.#session.worker;
    this.#asking = new AskClient({ send: (message) => this.#session.send(message), firstAsk: anyAsk() });
    this.#links = new PeerLinks({
      session: this.#session,
      pool: this.#life.pool,
      tries: LINK_TRIES,
      lanes: DRIVER_LANES,
      // Nobody has a reason to open a link to a driver.
      takesIncoming: false,
      isWanted: (epoch) => !this.#session.isClosed && this.#life.epochs.has(epoch),
      onBroken: (epoch) => this.#happen({ type: 'link-broken', epoch }),
      onLate: (late) => this.state.patch({ late }),
    });
    this.#worker.on('text', ({ id, delta }) => this.#asks.get(id)?.onText?.(delta));
    this.#worker.on('stats', ({ id, stats }) => this.#asks.get(id)?.onStats?.(stats));
    this.#worker.on('unfinished', ({ id, ...progress }) => this.#keep(id, progress));
    this.#worker.on('notice', ({ id, notice }) => this.#asks.get(id)?.onNotice?.(notice));
    this.#worker.on('still', ({ epoch }) => {
      this.#session.send({ type: 'stood-still', pool: this.#life.pool, epoch });
    });
    this.#worker.on('runtime-progress', (runtime) => this.state.patch({ runtime }));
    this.#worker.on('local', (local) => {
      // A model that failed computes nothing any more.
      if (local.phase === 'failed') {
        this.#capability = undefined;
        this.#local = undefined;
      }
      this.state.patch({ local });
    });
    this.#session.onEnd((error) => {
      this.#fail(error);
      this.#asking.close(error);
      this.#session.close();
    });
    this.#started = this.#start(pool, config);
    this.#started.catch(this.#fail);
  }

  async ask(asked: AskRequest, handlers: AskHandlers = {}): Promise<Answer> {
    const left = asked === this.state.get().unfinished?.request ? this.#left : undefined;
    // Whoever goes on with it needs the same one.
    const request = { ...asked, seed: asked.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! };
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
      if (left) this.#goOn(left, handlers);
      else this.#forget();
      if (handlers.signal?.aborted) {
        // Its job runs on at the server, which waits for this page.
        if (left) this.#asking.cancel(left.ask);
        throw new PoolError('cancelled', 'The answer was cancelled.');
      }
      const permit = await this.#getPermit(request, handlers);
      const { plan, job } = permit;
      handlers.onPlan?.(plan);
      const { resume: _known, ...kept } = request;
      const ask = this.#asking.last;
      this.#kept = job && { pool: this.#life.pool, ask, job, request: kept };
      const goesOn = left?.job === job ? left : undefined;
      const driven = await this.#drive({ id, request, ...permitted(permit), goesOn }, handlers.signal);
      const { promptTokens, cachedTokens, completionTokens, stats, delivery } = driven;
      const usage = { promptTokens, cachedTokens, completionTokens, ...(delivery ? { delivery } : {}) };
      const ended = { ...usage, ...(stats ? { stats } : {}) };
      // Nobody is paid for what this tab computed alone.
      const settled = job && this.#asking.done({ job, ...ended }, SETTLEMENT_WAIT_MS, handlers.onSettled);
      if (driven.cut && driven.cut.length > 0) handlers.onCut?.(driven.cut);
      if (!driven.answer) throw PoolError.from(driven.error);
      // The next question need not wait for this one's bill.
      this.#asks.delete(id);
      this.#forget();
      const settlement = await settled;
      return { ...driven.answer, plan, ...(settlement ? { settlement } : {}) };
    } finally {
      // What could not be gone on with yet is there for the next page.
      if (this.#asks.delete(id) && (this.#kept || !left || handlers.signal?.aborted)) this.#forget();
    }
  }

  /** What is kept of it stays so until more has come: this page may be closed as well. */
  #goOn(left: Unfinished, { onCut }: AskHandlers): void {
    this.#asking.goOnFrom(left.ask);
    onCut?.(left.tokenIds);
    this.#left = undefined;
    const { unfinished: _taken, ...rest } = this.state.get();
    this.state.set(rest);
  }

  /** A page that is opened again could go on from here. */
  #keep(id: number, progress: Omit<WorkerEvents['unfinished'], 'id'>): void {
    if (!this.#kept || !this.#self || !this.#asks.has(id)) return;
    void this.#shelf.write(this.#self, { ...this.#kept, ...progress, at: Date.now() });
  }

  /** Nothing runs that another page should go on with. */
  #forget(): void {
    this.#left = undefined;
    this.#kept = undefined;
    const { unfinished, ...rest } = this.state.get();
    if (unfinished) this.state.set(rest);
    if (this.#self) void this.#shelf.write(this.#self, undefined);
  }

  async prepareLocal(): Promise<void> {
    await this.#started;
    const local = await this.#worker.call('open-local', { backend: 'auto' });
    const { backend, device, msPerLayer, totalBytes } = local;
    this.#local = local;
    // It holds that much already, whatever a careful default would lend.
    const memoryBytes = Math.max(defaultMemoryBytes(backend, this.#host.device), totalBytes);
    this.#capability = { backend, device, msPerLayer, memoryBytes };
  }

  close(): void {
    this.#asking.close(new PoolError('cancelled', 'This tab left.'));
    this.#session.close();
  }

  async #start(pool: PoolRef, known: SiteConfig | undefined): Promise<void> {
    const { self, config } = await this.#session.open(known);
    this.#self = self;
    this.#left = await this.#shelf.read(self);
    if (this.#left?.pool !== this.#life.pool) this.#left = undefined;
    const unfinished = this.#left && {
      unfinished: { request: { ...this.#left.request, resume: this.#left.tokenIds }, text: this.#left.text },
    };
    // People see what goes on before the tab can go on with it.
    this.state.patch({ peer: self, ...unfinished });
    await this.#session.introduce();
    const source = modelSource(pool, config, this.#session.origin);
    await this.#worker.call('start-driver', { ...source, pool: this.#life.pool });
    this.#session.connect({
      onWelcome: () => {
        this.#happen({ type: 'server-welcomed' });
        this.#asking.welcome();
      },
      onMessage: (message) => {
        if (message.type === 'gone') this.#links.gone(message.peer);
        this.#happen({ type: 'message-heard', message });
        if (message.type === 'pools' && this.#life.shown.phase === 'no-stages') {
          this.#unserved ??= whyUnserved(this.#worker).then((error) => error && this.#fail(error));
        }
        this.#asking.hear(message);
      },
      onDown: (error, isFinal, away) => {
        this.#happen({ type: 'server-lost', error, isFinal, away });
        this.#asking.hold();
      },
      onChannel: (channel) => this.#links.take(channel),
      onFail: this.#fail,
      vitals: () => ({ sessions: this.#asks.size, tokens: 0 }),
    });
  }

  /**
   * Until the server lets this ask run: it learns how long the prompt is, never what it says. Where this tab holds the whole
   * model, a server that is away, or that has not answered whoever wants this device alone, is not waited for.
   */
  async #getPermit(request: AskRequest, handlers: AskHandlers): Promise<Permit> {
    const { prompt, maxContext } = await this.#worker.call('encode-prompt', { messages: request.messages });
    const resumed = request.resume?.length ?? 0;
    const promptTokens = prompt.length + resumed;
    checkPrompt(promptTokens, maxContext);
    const { mode = 'auto' } = request;
    const { signal } = handlers;
    const wanted = (request.maxTokens ?? DEFAULT_MAX_TOKENS) - resumed;
    const wish = {
      pool: this.#life.pool,
      promptTokens,
      maxTokens: Math.max(1, Math.min(wanted, maxContext - promptTokens)),
      ...(mode === 'auto' ? {} : { mode }),
      ...(this.#capability ? { capability: this.#capability } : {}),
      ...(request.embeddedIn === undefined ? {} : { embeddedIn: request.embeddedIn }),
    };
    const onQueue: AskHandlers['onQueue'] = (queue) => {
      this.state.patch({ queue });
      handlers.onQueue?.(queue);
    };
    const isSolo = mode === 'solo';
    const local = isSolo || mode === 'auto' ? this.#local : undefined;
    const patience = new AbortController();
    const onHeld = (isHeld: boolean): void => {
      if (local) patience.abort();
      else handlers.onNotice?.(isHeld ? { kind: 'held' } : undefined);
    };
    const timer = local && isSolo ? setTimeout(() => patience.abort(), SOLO_PATIENCE_MS) : undefined;
    try {
      const until = AbortSignal.any([patience.signal, ...(signal ? [signal] : [])]);
      return { ...(await this.#asking.request(wish, { onQueue, onHeld, signal: until })), prompt };
    } catch (cause) {
      const isOver = this.#session.isClosed || signal?.aborted;
      if (!local || isOver || !(isSolo || patience.signal.aborted)) throw cause;
      return { plan: planAlone(local, promptTokens), prompt };
    } finally {
      clearTimeout(timer);
      const { queue: _over, ...rest } = this.state.get();
      this.state.set(rest);
    }
  }

  /** Never rejects: of what was granted the server is told how it ended. */
  async #drive(request: DriveRequest, signal?: AbortSignal): Promise<Driven> {
    const { id } = request;
    const cancel = () => void this.#worker.call('cancel', { id }).catch(() => {});
    signal?.addEventListener('abort', cancel);
    try {
      const driving = this.#worker.call('ask', request);
      if (signal?.aborted) cancel();
      return await driving;
    } catch (cause) {
      const nothing = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
      return { error: PoolError.from(cause).toShape(), ...nothing };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #happen(event: ChatEvent): void {
    if (this.#session.isClosed) return;
    const before = this.#life;
    const { life, effects } = applyChatEvent(before, event);
    this.#life = life;
    if (life.shown !== before.shown) {
      const { coalition: _coalition, error: _error, away: _away, ...rest } = this.state.get();
      this.state.set({ ...rest, ...life.shown });
    }
    if (life.isNamed && !before.isNamed) this.#asking.resume();
    for (const effect of effects) (this.#doers[effect.type] as (effect: ChatEffect) => void)(effect);
  }

  readonly #fail = (cause: unknown): void => this.#happen({ type: 'run-failed', error: PoolError.from(cause) });

  /** How each effect is done. */
  readonly #doers: { [Type in ChatEffect['type']]: (effect: ChatEffect & { type: Type }) => void } = {
    say: ({ message }) => this.#session.send(message),
    link: ({ coalition, ticket }) => void this.#link(coalition, ticket),
    'hold-ticket': ({ epoch, ticket }) => void this.#worker.call('hold-ticket', { epoch, ticket }).catch(() => {}),
    'use-coalition': ({ coalition: { epoch, ring, seats } }) => {
      this.#worker.call('use-coalition', { epoch, ring, seats }).catch((cause) => this.#unlinked(epoch, cause));
    },
    'drop-coalition': ({ epoch, error }) => void this.#worker.call('drop-coalition', { epoch, error }).catch(() => {}),
    'watch-later': () => {
      setTimeout(() => this.#session.send({ type: 'watch', pool: this.#life.pool }), WATCH_AGAIN_MS);
    },
    'close-links': ({ epoch }) => this.#links.closeEpoch(epoch),
  };

  /** Links to entry and exit; an older epoch's links go when nothing runs over them. */
  async #link({ epoch, seats }: Coalition, ticket: string): Promise<void> {
    try {
      await this.#worker.call('hold-ticket', { epoch, ticket });
      const ends = new Set([seats[0]!.peer, seats.at(-1)!.peer]);
      await Promise.all([...ends].map((peer) => this.#links.connect(peer, epoch)));
      this.#happen({ type: 'coalition-linked', epoch });
    } catch (cause) {
      this.#unlinked(epoch, cause);
    }
  }

  #unlinked(epoch: number, cause: unknown): void {
    this.#happen({ type: 'coalition-unlinked', epoch, error: PoolError.from(cause) });
  }
}

const permitted = ({
  plan,
  grant,
  ring,
  prompt,
}: Permit): Pick<DriveRequest, 'plan' | 'grant' | 'ring' | 'prompt'> => ({
  ...{ plan, ring, prompt },
  ...(grant === undefined ? {} : { grant }),
});

/** Numbers of this page alone, among those that a message takes. */
const anyAsk = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! * ASKS_OF_PAGE;
