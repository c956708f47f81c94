// One attempt of a tab to be a stage, from connecting to leaving: control socket, broker and worker in concert. Owns
// their life and tells the page; touches no tensor.
import type { Backend, Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { peerIdOf, rawPublicKeyOf } from '../../protocol/identity.ts';
import { type PeerId, type PoolId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { ChannelBroker } from '../host/channel-broker.ts';
import { type KeptIdentity, keepIdentity } from '../host/keep-identity.ts';
import { type SpawnedWorker, spawnWorker } from '../host/spawn-worker.ts';
import { defaultMemoryBytes } from '../words/lend-memory.ts';
import type { StageState } from '../words/peer-state.ts';
import type { WorkerEvents } from '../worker/worker-api.ts';
import { ControlClient } from './control-client.ts';
import { JobRelay } from './job-relay.ts';
import { NeighbourLinks } from './neighbour-links.ts';
import { controlUrl, fetchSiteConfig, modelSource, shownError } from './site.ts';
import type { ValueStore } from './store.ts';

export interface StageRunOptions {
  origin: string;
  pool: PoolRef;
  backend: Backend | 'auto';
  memoryBytes: number | undefined;
  keepPacked: boolean;
  state: ValueStore<StageState>;
}

type Offer = { manifest: ModelManifest; backend: Backend; device: string; msPerLayer: number; memoryBytes: number };

export class StageRun {
  readonly #options: StageRunOptions;
  readonly #pool: PoolId;
  readonly #state: ValueStore<StageState>;
  readonly #worker: SpawnedWorker = spawnWorker();
  readonly #joined = new Set<number>();
  /** Epochs that this tab is a member of and that are not over. */
  readonly #live = new Map<number, Coalition>();
  readonly #links = new NeighbourLinks({
    worker: this.#worker,
    broker: () => this.#broker!,
    isLive: (epoch) => !this.#ended && this.#live.has(epoch),
    onBroken: (epoch, peer) => this.#linkBroke(epoch, peer),
  });
  #identity: KeptIdentity | undefined;
  #relay: JobRelay | undefined;
  #control: ControlClient | undefined;
  #broker: ChannelBroker | undefined;
  #self: PeerId | undefined;
  #offer: Offer | undefined;
  #rtts: WorkerEvents['links']['rtts'] = [];
  #ended = false;

  constructor(options: StageRunOptions) {
    this.#options = options;
    this.#pool = poolIdOf(options.pool);
    this.#state = options.state;
    this.#listenToWorker();
    this.#start().catch((error) => this.#fail(error));
  }

  /** Leaves; the page shows `left` unless it already shows why it failed. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#relay?.close();
    this.#control?.close();
    this.#broker?.close();
    this.#identity?.release();
    this.#worker.terminate();
    if (this.#state.get().phase !== 'failed') this.#state.patch({ phase: 'left' });
  }

  async #start(): Promise<void> {
    const { origin, pool } = this.#options;
    const [config, identity] = await Promise.all([fetchSiteConfig(origin), keepIdentity()]);
    this.#identity = identity;
    const { keys } = identity;
    this.#self = await peerIdOf(await rawPublicKeyOf(keys.publicKey));
    if (this.#ended) return identity.release();
    this.#state.patch({ peer: this.#self, phase: 'reading-model' });
    await this.#worker.call('start-identity', { keys });
    const choice = await this.#worker.call('start-backend', { backend: this.#options.backend });
    this.#state.patch({
      backend: choice.backend,
      device: choice.device,
      ...(choice.note ? { note: choice.note } : {}),
    });
    const source = modelSource(pool, config, origin);
    const manifest = await this.#worker.call('read-model', source);
    this.#state.patch({ manifest, phase: 'probing' });
    const memoryBytes = this.#options.memoryBytes ?? defaultMemoryBytes(choice.backend);
    const { keepPacked } = this.#options;
    const { msPerLayer } = await this.#worker.call('probe-layer', { memoryBytes, keepPacked });
    this.#offer = { manifest, msPerLayer, memoryBytes, backend: choice.backend, device: choice.device };
    if (this.#ended) return;
    this.#state.patch({ msPerLayer, memoryBytes, phase: 'waiting' });
    this.#relay = new JobRelay({
      worker: this.#worker,
      source: { ...source, pool: this.#pool },
      send: (message) => this.#control?.send(message),
    });
    this.#control = new ControlClient(controlUrl(origin), keys, {
      onWelcome: (welcome) => this.#welcome(welcome).catch((error) => this.#fail(error)),
      onMessage: (message) => this.#hear(message),
      onDown: (error, isFinal) => {
        this.#relay?.cancelAll();
        if (isFinal) this.#fail(error);
        else this.#state.patch({ phase: 'connecting' });
      },
      vitals: () => {
        const { served, phase } = this.#state.get();
        const { sessions, tokens } = served;
        // While it loads, this tab answers its neighbours late.
        const isTold = phase === 'serving' && this.#rtts.length > 0;
        return { sessions, tokens, ...(isTold ? { rtts: this.#rtts } : {}) };
      },
    });
  }

  async #welcome(welcome: ServerMessage & { type: 'welcome' }): Promise<void> {
    await this.#worker.call('trust-server', { orchestratorKey: welcome.orchestratorKey });
    this.#broker ??= new ChannelBroker({
      self: welcome.peer,
      token: this.#identity!.brokerToken,
      origin: this.#options.origin,
      iceServers: welcome.iceServers as RTCIceServer[],
      onChannel: (channel) => this.#links.take(channel),
    });
    await this.#broker.open();
    // After a reconnection the server knows this tab no more: the epochs that it was in have gone on without it.
    for (const epoch of [...this.#live.keys()]) void this.#retire(epoch);
    const { manifest, ...capability } = this.#offer!;
    this.#state.patch({ phase: 'waiting' });
    this.#control?.send({ type: 'offer', pool: this.#pool, manifest, capability });
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'coalition') this.#hearCoalition(message.coalition, message.ticket);
    else if (message.type === 'retire') void this.#retire(message.epoch);
    else if (message.type === 'job-start') this.#relay?.start(message);
    else if (message.type === 'job-cancel') this.#relay?.cancel(message.job);
    else if (message.type === 'receipt-request') void this.#sign(message);
    else if (message.type === 'pools') {
      const own = message.pools.find(({ pool }) => pool === this.#pool);
      if (own) this.#state.patch({ waitsFor: own.reason });
    } else if (message.type === 'error') {
      const error = PoolError.from(message.error);
      // An offer that is refused would leave this tab waiting for ever; a member's mishap is the planner's to mend.
      if (this.#joined.size === 0) this.#fail(error);
    }
  }

  #hearCoalition(coalition: Coalition, ticket: string): void {
    const { epoch, pool, seats, state } = coalition;
    if (pool !== this.#pool) return;
    if (!seats.some((seat) => seat.peer === this.#self)) return;
    const shown = this.#state.get().coalition;
    if (!shown || epoch >= shown.epoch) this.#state.patch({ coalition });
    if (state === 'broken') {
      this.#drop(epoch, new PoolError('stage-left', 'A stage of the route left.'));
      return;
    }
    const isNew = !this.#joined.has(epoch);
    // Comes again for an epoch before the old ticket expires. Messages to the worker keep their order.
    if (isNew || this.#live.has(epoch)) void this.#worker.call('hold-ticket', { epoch, ticket }).catch(() => {});
    if (!isNew) return;
    this.#joined.add(epoch);
    this.#join(coalition).catch((error) => this.#report(epoch, PoolError.from(error)));
  }

  /** Loads this tab's slice and proves the link to the next stage, side by side; then serves. */
  async #join(coalition: Coalition): Promise<void> {
    const { epoch, seats, pool } = coalition;
    const stage = seats.findIndex((seat) => seat.peer === this.#self);
    const { start, end, totalBytes } = seats[stage]!;
    const next = seats[stage + 1]?.peer;
    this.#live.set(epoch, coalition);
    const slice = { epoch, start, end, totalBytes };
    this.#state.patch({ phase: 'loading', slice: { ...slice, loadedBytes: 0, networkBytes: 0, cachedBytes: 0 } });
    const { manifest, memoryBytes } = this.#offer!;
    const { layers } = manifest;
    const lent = { memoryBytes, keepPacked: this.#options.keepPacked };
    const assignment = { epoch, pool, stage, start, end, layers, lent, ...(next ? { next } : {}) };
    const loading = this.#worker.call('load-stage', assignment);
    const linking = next ? this.#linkTo(next, epoch, pool) : Promise.resolve();
    const [loaded] = await Promise.all([loading, linking]);
    await this.#worker.call('serve-epoch', { epoch });
    this.#control?.send({ type: 'stage-ready', pool, epoch, msPerLayer: loaded.msPerLayer });
    this.#state.patch({ phase: 'serving', msPerLayer: loaded.msPerLayer });
    // By then the new links have measured their round trips.
    setTimeout(() => this.#control?.beat(), FIRST_RTTS_MS);
    // The ring serves drivers of other tabs also if this fails.
    if (stage === 0) this.#driveFrom(coalition).catch(() => {});
  }

  /** At the entry: jobs of the server are driven from here, and their results come straight from the exit. */
  async #driveFrom({ epoch, pool, seats }: Coalition): Promise<void> {
    // With two stages the link to the next one leads to the exit already.
    if (seats.length > 2) await this.#linkTo(seats.at(-1)!.peer, epoch, pool);
    await this.#worker.call('use-coalition', { epoch, seats });
  }

  #drop(epoch: number, error: PoolError): void {
    void this.#worker.call('drop-coalition', { epoch, error: error.toShape() }).catch(() => {});
  }

  /** Always answers, so that settlement need not wait: with nothing when this tab knows nothing of the job. */
  async #sign({ job, epoch, sessions }: ServerMessage & { type: 'receipt-request' }): Promise<void> {
    const receipts = await this.#worker.call('sign-receipts', { job, epoch, sessions }).catch(() => []);
    this.#control?.send({ type: 'receipts', job, epoch, receipts });
  }

  /** The server hears of a link that cannot be made, and decides who is at fault. */
  async #linkTo(peer: PeerId, epoch: number, pool: PoolId): Promise<void> {
    await this.#links.connect(peer, epoch).catch((error) => {
      if (error.code !== 'cancelled') this.#control?.send({ type: 'link-down', pool, epoch, peer });
      throw error;
    });
  }

  #linkBroke(epoch: number, peer: PeerId): void {
    const coalition = this.#live.get(epoch)!;
    const { pool, seats } = coalition;
    const stage = seats.findIndex((seat) => seat.peer === this.#self);
    if (seats[stage + 1]?.peer === peer) this.#control?.send({ type: 'link-down', pool, epoch, peer });
    else this.#linkAgain(coalition);
  }

  /** The driver's link to the exit broke, the ring may be whole: another try, and the server is told if it fails. */
  #linkAgain(coalition: Coalition): void {
    this.#drop(coalition.epoch, new PoolError('link-failed', 'The link to the exit broke.'));
    const again = () => this.#live.has(coalition.epoch) && !this.#ended && this.#driveFrom(coalition);
    setTimeout(() => Promise.resolve(again()).catch(() => {}), LINK_AGAIN_MS);
  }

  async #retire(epoch: number): Promise<void> {
    this.#live.delete(epoch);
    await this.#worker.call('retire-epoch', { epoch }).catch(() => {});
    this.#drop(epoch, new PoolError('epoch-stale', 'The coalition changed.'));
    const { slice, phase } = this.#state.get();
    if (slice?.epoch === epoch && phase !== 'failed') {
      const { slice: _gone, coalition: _old, ...rest } = this.#state.get();
      this.#state.set({ ...rest, phase: 'waiting' });
    }
  }

  #report(epoch: number, error: PoolError): void {
    if (this.#ended || error.code === 'cancelled' || !this.#live.has(epoch)) return;
    const pool = this.#pool;
    // A link that cannot be made or proved is reported as such, and the planner decides; this tab itself is sound.
    if (error.subject === 'link' || error.subject === 'identity') {
      this.#state.patch({ phase: 'waiting' });
      return;
    }
    this.#control?.send({ type: 'stage-failed', pool, epoch, error: error.toShape() });
    this.#fail(error);
  }

  #fail(cause: unknown): void {
    if (this.#ended) return;
    this.#state.patch({ phase: 'failed', error: shownError(cause) });
    this.close();
  }

  #listenToWorker(): void {
    const worker = this.#worker;
    worker.on('load-progress', (progress) => {
      const { slice } = this.#state.get();
      if (slice?.epoch !== progress.epoch) return;
      this.#state.patch({ slice: { ...slice, ...progress } });
      const { epoch, loadedBytes } = progress;
      this.#control?.send({ type: 'load-progress', pool: this.#pool, epoch, loadedBytes });
    });
    worker.on('served', (served) => {
      const before = this.#state.get().served;
      const tokensPerSecond = [...before.tokensPerSecond, served.tokens - before.tokens].slice(-60);
      this.#state.patch({ served: { ...served, tokensPerSecond } });
    });
    worker.on('links', ({ rtts }) => {
      this.#rtts = rtts.slice(0, MAX_RTTS);
    });
    worker.on('fault', (error) => {
      const epoch = this.#state.get().slice?.epoch;
      if (epoch !== undefined) this.#report(epoch, PoolError.from(error));
    });
  }
}

/** A link that breaks again and again is not asked for at once. */
const LINK_AGAIN_MS = 1_000;
/** A link measures four times a second, and its worker tells once. */
const FIRST_RTTS_MS = 1_500;
/** As many as a heartbeat takes. */
const MAX_RTTS = 64;
