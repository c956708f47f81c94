// One attempt of a tab to be a stage, from connecting to leaving: control socket, broker and worker in concert. Owns
// their life and tells the page; touches no tensor.
import type { Backend, Coalition, ServerMessage } from '../../protocol/control.ts';
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import { newIdentityKeys, peerIdOf, rawPublicKeyOf } from '../../protocol/identity.ts';
import { type ModelRef, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { type BrokeredChannel, ChannelBroker } from './channel-broker.ts';
import { ControlClient } from './control-client.ts';
import { handOverChannel } from './hand-over-channel.ts';
import { defaultMemoryBytes } from './lend-memory.ts';
import type { StageState } from './peer-state.ts';
import { controlUrl, fetchSiteConfig, modelSource, shownError } from './site.ts';
import { type SpawnedWorker, spawnWorker } from './spawn-worker.ts';
import type { ValueStore } from './store.ts';

export interface StageRunOptions {
  origin: string;
  model: ModelRef;
  backend: Backend | 'auto';
  memoryBytes: number | undefined;
  state: ValueStore<StageState>;
}

type Offer = { manifest: ModelManifest; backend: Backend; device: string; msPerLayer: number; memoryBytes: number };

/** A link that must be proved before its epoch is served. */
interface PendingLink {
  resolve(): void;
  reject(error: PoolError): void;
}

export class StageRun {
  readonly #options: StageRunOptions;
  readonly #state: ValueStore<StageState>;
  readonly #worker: SpawnedWorker = spawnWorker();
  readonly #joined = new Set<number>();
  readonly #links = new Map<string, PendingLink>();
  readonly #closers = new Map<number, () => void>();
  #control: ControlClient | undefined;
  #broker: ChannelBroker | undefined;
  #self: PeerId | undefined;
  #offer: Offer | undefined;
  #tickets = new Map<number, string>();
  #ended = false;

  constructor(options: StageRunOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#listenToWorker();
    this.#start().catch((error) => this.#fail(error));
  }

  /** Leaves; the page shows `left` unless it already shows why it failed. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#control?.close();
    this.#broker?.close();
    this.#worker.terminate();
    if (this.#state.get().phase !== 'failed') this.#state.patch({ phase: 'left' });
  }

  async #start(): Promise<void> {
    const { origin, model } = this.#options;
    const [config, keys] = await Promise.all([fetchSiteConfig(origin), newIdentityKeys()]);
    this.#self = await peerIdOf(await rawPublicKeyOf(keys.publicKey));
    if (this.#ended) return;
    this.#state.patch({ peer: this.#self, phase: 'reading-model' });
    await this.#worker.call('start-identity', { keys });
    const choice = await this.#worker.call('start-backend', { backend: this.#options.backend });
    this.#state.patch({
      backend: choice.backend,
      device: choice.device,
      ...(choice.note ? { note: choice.note } : {}),
    });
    const manifest = await this.#worker.call('read-model', modelSource(model, config, origin));
    this.#state.patch({ manifest, phase: 'probing' });
    const { msPerLayer } = await this.#worker.call('probe-layer', {});
    const memoryBytes = this.#options.memoryBytes ?? defaultMemoryBytes(choice.backend);
    this.#offer = { manifest, msPerLayer, memoryBytes, backend: choice.backend, device: choice.device };
    if (this.#ended) return;
    this.#state.patch({ msPerLayer, memoryBytes, phase: 'waiting' });
    this.#control = new ControlClient(controlUrl(origin), keys, {
      onWelcome: (welcome) => this.#welcome(welcome).catch((error) => this.#fail(error)),
      onMessage: (message) => this.#hear(message),
      onDown: (error, isFinal) => (isFinal ? this.#fail(error) : this.#state.patch({ phase: 'connecting' })),
      vitals: () => ({ sessions: this.#state.get().served.sessions, tokens: this.#state.get().served.tokens }),
    });
  }

  async #welcome(welcome: ServerMessage & { type: 'welcome' }): Promise<void> {
    this.#broker ??= new ChannelBroker({
      self: welcome.peer,
      origin: this.#options.origin,
      iceServers: welcome.iceServers as RTCIceServer[],
      onChannel: (channel) => this.#takeChannel(channel),
    });
    await this.#broker.open();
    // After a reconnection the server knows this tab no more: the epochs that it was in have gone on without it.
    for (const epoch of [...this.#tickets.keys()]) void this.#retire(epoch);
    const { manifest, ...capability } = this.#offer!;
    this.#state.patch({ phase: 'waiting' });
    this.#control?.send({ type: 'offer', model: this.#options.model, manifest, capability });
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'coalition') this.#hearCoalition(message.coalition);
    else if (message.type === 'retire') void this.#retire(message.epoch);
    else if (message.type === 'pools') {
      const own = message.pools.find(({ pool }) => pool === poolIdOf(this.#options.model));
      if (own) this.#state.patch({ waitsFor: own.reason });
    } else if (message.type === 'error') {
      const error = PoolError.from(message.error);
      // An offer that is refused would leave this tab waiting for ever; a member's mishap is the planner's to mend.
      if (this.#joined.size === 0) this.#fail(error);
    }
  }

  #hearCoalition(coalition: Coalition): void {
    if (coalition.pool !== poolIdOf(this.#options.model)) return;
    const isMember = coalition.seats.some((seat) => seat.peer === this.#self);
    if (!isMember) return;
    const shown = this.#state.get().coalition;
    if (!shown || coalition.epoch >= shown.epoch) this.#state.patch({ coalition });
    if (coalition.state !== 'broken' && !this.#joined.has(coalition.epoch)) {
      this.#joined.add(coalition.epoch);
      this.#join(coalition).catch((error) => this.#report(coalition.epoch, PoolError.from(error)));
    }
  }

  /** Loads this tab's slice and proves the link to the next stage, side by side; then serves. */
  async #join(coalition: Coalition): Promise<void> {
    const { epoch, ticket, seats, pool } = coalition;
    const stage = seats.findIndex((seat) => seat.peer === this.#self);
    const seat = seats[stage]!;
    const next = seats[stage + 1]?.peer;
    this.#tickets.set(epoch, ticket);
    const slice = { epoch, start: seat.start, end: seat.end, totalBytes: seat.totalBytes };
    this.#state.patch({ phase: 'loading', slice: { ...slice, loadedBytes: 0, networkBytes: 0, cachedBytes: 0 } });
    const loading = this.#worker.call('load-stage', {
      epoch,
      ticket,
      stage,
      start: seat.start,
      end: seat.end,
      ...(next ? { next } : {}),
    });
    const linking = next ? this.#linkTo(next, epoch, pool) : Promise.resolve();
    const [loaded] = await Promise.all([loading, linking]);
    await this.#worker.call('serve-epoch', { epoch });
    this.#control?.send({ type: 'stage-ready', pool, epoch, msPerLayer: loaded.msPerLayer });
    this.#state.patch({ phase: 'serving', msPerLayer: loaded.msPerLayer });
  }

  /** Asks the neighbour for a link, once more if it fails: a first ICE round may meet a tab that is still busy. */
  async #linkTo(next: PeerId, epoch: number, pool: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const proved = new Promise<void>((resolve, reject) =>
          this.#links.set(linkKey(epoch, next), { resolve, reject }),
        );
        proved.catch(() => {});
        await this.#broker!.connect(next, epoch);
        return await proved;
      } catch (error) {
        if (this.#ended || !this.#tickets.has(epoch)) throw new PoolError('cancelled', 'The coalition changed.');
        if (attempt < 2) continue;
        this.#control?.send({ type: 'link-down', pool, epoch, peer: next });
        throw error;
      } finally {
        this.#links.delete(linkKey(epoch, next));
      }
    }
  }

  #takeChannel(brokered: BrokeredChannel): void {
    const { id, epoch, direction, peer } = brokered;
    this.#closers.set(id, brokered.close);
    const pending = direction === 'out' ? this.#links.get(linkKey(epoch, peer)) : undefined;
    const ticket = direction === 'out' ? this.#tickets.get(epoch) : undefined;
    handOverChannel(this.#worker, brokered, ticket).then(
      () => pending?.resolve(),
      (error) => pending?.reject(PoolError.from(error)),
    );
  }

  async #retire(epoch: number): Promise<void> {
    this.#tickets.delete(epoch);
    await this.#worker.call('retire-epoch', { epoch }).catch(() => {});
    const { slice, phase } = this.#state.get();
    if (slice?.epoch === epoch && phase !== 'failed') {
      const { slice: _gone, coalition: _old, ...rest } = this.#state.get();
      this.#state.set({ ...rest, phase: 'waiting' });
    }
  }

  #report(epoch: number, error: PoolError): void {
    if (this.#ended || error.code === 'cancelled' || !this.#tickets.has(epoch)) return;
    const pool = poolIdOf(this.#options.model);
    // A link that cannot be made or proved is reported as such, and the planner decides; this tab itself is sound.
    if (LINK_CODES.has(error.code)) {
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
      this.#control?.send({ type: 'load-progress', pool: poolIdOf(this.#options.model), epoch, loadedBytes });
    });
    worker.on('served', (served) => {
      const before = this.#state.get().served;
      const tokensPerSecond = [...before.tokensPerSecond, served.tokens - before.tokens].slice(-60);
      this.#state.patch({ served: { ...served, tokensPerSecond } });
    });
    worker.on('fault', (error) => {
      const epoch = this.#state.get().slice?.epoch;
      if (epoch !== undefined) this.#report(epoch, PoolError.from(error));
    });
    worker.on('link-closed', ({ id, epoch, peer, direction }) => {
      this.#closers.get(id)?.();
      this.#closers.delete(id);
      const isNext = direction === 'out' && this.#tickets.has(epoch) && !this.#links.has(linkKey(epoch, peer));
      if (isNext) this.#control?.send({ type: 'link-down', pool: poolIdOf(this.#options.model), epoch, peer });
    });
  }
}

/** What `add-link` and the broker reject with when the far side is the cause. */
const LINK_CODES: ReadonlySet<ErrorCode> = new Set(['link-failed', 'not-authentic', 'version-mismatch']);

const linkKey = (epoch: number, peer: PeerId): string => `${epoch}/${peer}`;
