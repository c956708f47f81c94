// One attempt of a tab to be a stage, from connecting to leaving: prepares it, then does what its life asks for and tells
// its life what came of it. Decides nothing and touches no tensor.
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { defaultMemoryBytes } from '../../protocol/lend-memory.ts';
import { STAGE_LANES } from '../../protocol/limits.ts';
import type { SignedPayout } from '../../protocol/payout.ts';
import type { ValueStore } from '../../protocol/value-store.ts';
import type { Host, HostWorker } from '../host/host.ts';
import type { ModelSource } from '../words/model-source.ts';
import type { StageState } from '../words/peer-state.ts';
import { applyStageEvent } from './apply-stage-event.ts';
import { JobRelay } from './job-relay.ts';
import { PeerLinks } from './peer-links.ts';
import { PeerSession } from './peer-session.ts';
import { modelSource } from './site.ts';
import {
  isLive,
  isOver,
  newStageLife,
  type StageEffect,
  type StageEvent,
  type StageLife,
  vitalsOf,
} from './stage-life.ts';

export interface StageRunOptions {
  pool: PoolRef;
  origin: string | undefined;
  backend: Backend | 'auto';
  memoryBytes: number | undefined;
  lends: StageLife['lends'];
  payoutAddress: string | undefined;
  state: ValueStore<StageState>;
  /** A program of this tab stopped: the run is over, and another one may do better. */
  onStopped(error: PoolError): void;
}

/** A link that breaks again and again is not asked for at once. */
const LINK_AGAIN_MS = 1_000;
/** A link measures four times a second, and its worker tells once. */
const FIRST_RTTS_MS = 1_500;
/** A first ICE round may meet a tab that is still busy. */
const LINK_TRIES = 2;

export class StageRun {
  readonly #host: Host;
  readonly #options: StageRunOptions;
  readonly #session: PeerSession;
  readonly #worker: HostWorker;
  readonly #links: PeerLinks;
  #relay: JobRelay | undefined;
  #source: ModelSource | undefined;
  #life: StageLife;

  constructor(host: Host, options: StageRunOptions) {
    this.#host = host;
    this.#options = options;
    this.#life = newStageLife(poolIdOf(options.pool), options.lends);
    options.state.set(this.#life.shown);
    this.#session = new PeerSession(host, options.origin);
    this.#worker = this.#session.worker;
    this.#links = new PeerLinks({
      session: this.#session,
      pool: this.#life.pool,
      tries: LINK_TRIES,
      lanes: STAGE_LANES,
      takesIncoming: true,
      isWanted: (epoch) => isLive(this.#life, epoch),
      onBroken: (epoch, peer) => this.#happen({ type: 'link-broken', epoch, peer }),
      onLate: (peers) => this.#happen({ type: 'neighbours-late', peers }),
    });
    this.#worker.on('runtime-progress', (progress) => this.#happen({ type: 'runtime-progressed', progress }));
    this.#worker.on('load-progress', (progress) => this.#happen({ type: 'slice-progressed', progress }));
    this.#worker.on('warm-progress', (progress) => this.#happen({ type: 'reserve-progressed', progress }));
    this.#worker.on('warm-ended', (ended) => this.#happen({ type: 'reserve-ended', ended }));
    this.#worker.on('served', (served) => this.#happen({ type: 'work-served', served }));
    this.#worker.on('links', ({ rtts }) => this.#happen({ type: 'links-measured', rtts }));
    this.#worker.on('fault', (error) => this.#happen({ type: 'device-failed', error: PoolError.from(error) }));
    this.#session.onEnd((error) => {
      if (isOver(this.#life)) return;
      // It would only come back to leave.
      if (this.#life.shown.leaving) return this.close();
      this.#fail(error);
      options.onStopped(error);
    });
    this.#prepare().catch(this.#fail);
  }

  /** Leaves; the page shows `left` unless it already shows why it failed. */
  close(): void {
    this.#happen({ type: 'tab-left' });
  }

  /** Leaves when what runs through it has ended, and in so long at the latest; the page shows `leaving` until then. */
  drain(withinMs: number): void {
    const nowMs = performance.now();
    this.#happen({ type: 'leave-asked', nowMs, untilMs: nowMs + withinMs });
  }

  /** All that an offer says: which model, on what device, how fast. */
  async #prepare(): Promise<void> {
    const { pool, backend: wish, lends } = this.#options;
    const { self, config } = await this.#session.open();
    this.#happen({ type: 'identity-kept', peer: self });
    await this.#session.introduce();
    this.#happen({ type: 'backend-chosen', ...(await this.#worker.call('start-backend', { backend: wish })) });
    this.#source = modelSource(pool, config, this.#session.origin);
    const manifest = await this.#worker.call('read-model', this.#source);
    this.#happen({ type: 'model-read', manifest });
    const tried = await this.#worker.call('try-backend', {});
    this.#happen({ type: 'backend-chosen', ...tried });
    const memoryBytes = this.#options.memoryBytes ?? defaultMemoryBytes(tried.backend, this.#host.device);
    const { msPerLayer } = await this.#worker.call('probe-layer', { memoryBytes, ...lends });
    this.#happen({ type: 'layer-probed', msPerLayer, memoryBytes });
  }

  #happen(event: StageEvent): void {
    const before = this.#life;
    const { life, effects } = applyStageEvent(before, event);
    this.#life = life;
    if (life.shown !== before.shown) this.#options.state.set(life.shown);
    for (const effect of effects) (this.#doers[effect.type] as (effect: StageEffect) => void)(effect);
  }

  readonly #fail = (cause: unknown): void => this.#happen({ type: 'run-failed', error: PoolError.from(cause) });

  /** How each effect is done. */
  readonly #doers: { [Type in StageEffect['type']]: (effect: StageEffect & { type: Type }) => void } = {
    connect: () => this.#connect(),
    'open-broker': () => {
      const failed = (error: PoolError): StageEvent => ({ type: 'broker-failed', error });
      this.#follow(this.#openBroker(), (payout) => ({ type: 'broker-opened', payout }), failed);
    },
    say: ({ message }) => this.#session.send(message),
    'hold-ticket': ({ epoch, ticket }) => ignore(this.#worker.call('hold-ticket', { epoch, ticket })),
    'load-slice': ({ assignment }) => {
      const { epoch, stage } = assignment;
      if (stage === 0) this.#relay?.prepare();
      const loading = this.#worker.call('load-stage', assignment);
      this.#follow(loading, ({ msPerLayer }) => ({ type: 'slice-loaded', epoch, msPerLayer }), sliceFailed(epoch));
    },
    'warm-slices': ({ slices }) => ignore(this.#worker.call('warm-slices', slices)),
    'hold-connections': ({ peers }) => this.#session.broker.hold(peers),
    link: ({ epoch, peer }) => {
      const failed = (error: PoolError): StageEvent => ({ type: 'link-failed', epoch, peer, error });
      this.#follow(this.#links.connect(peer, epoch), () => ({ type: 'link-proved', epoch, peer }), failed);
    },
    'serve-epoch': ({ epoch }) => {
      const serving = this.#worker.call('serve-epoch', { epoch });
      this.#follow(serving, () => ({ type: 'epoch-served', epoch }), sliceFailed(epoch));
    },
    'beat-later': () => void setTimeout(() => this.#session.beat(), FIRST_RTTS_MS),
    // The ring serves drivers of other tabs also if this fails.
    'coalition-serves': ({ epoch }) => ignore(this.#worker.call('coalition-serves', { epoch })),
    'drive-over': ({ epoch, seats }) => ignore(this.#worker.call('use-coalition', { epoch, seats: [...seats] })),
    'drop-coalition': ({ epoch, error }) => ignore(this.#worker.call('drop-coalition', { epoch, error })),
    'link-exit-later': ({ epoch }) => {
      setTimeout(() => this.#happen({ type: 'exit-link-due', epoch }), LINK_AGAIN_MS);
    },
    'retire-epoch': ({ epoch }) => {
      const retired = (hadSessions: boolean): StageEvent => ({ type: 'epoch-retired', epoch, hadSessions });
      const retiring = this.#worker.call('retire-epoch', { epoch });
      this.#follow(
        retiring,
        ({ hadSessions }) => retired(hadSessions),
        () => retired(false),
      );
    },
    'start-job': ({ message }) => this.#relay?.start(message),
    'cancel-job': ({ message }) => this.#relay?.cancel(message.job),
    'cancel-jobs': () => this.#relay?.cancelAll(),
    'sign-receipts': ({ message }) => ignore(this.#sign(message)),
    'leave-later': ({ ms }) => void setTimeout(() => this.close(), ms),
    end: () => {
      this.#relay?.close();
      this.#session.close();
    },
  };

  #connect(): void {
    const send: PeerSession['send'] = (message) => this.#session.send(message);
    this.#relay = new JobRelay({ worker: this.#worker, source: { ...this.#source!, pool: this.#life.pool }, send });
    this.#session.connect({
      onWelcome: () => this.#happen({ type: 'server-welcomed' }),
      onMessage: (message) => {
        if (message.type === 'gone') this.#links.gone(message.peer);
        else this.#happen({ type: 'message-heard', message });
      },
      onDown: (error, isFinal, away) => this.#happen({ type: 'server-lost', error, isFinal, away }),
      onChannel: (channel) => this.#links.take(channel),
      onFail: this.#fail,
      vitals: () => vitalsOf(this.#life),
    });
  }

  /** Once others can reach this tab. What it gives belongs to this connection: another server would have another one. */
  async #openBroker(): Promise<SignedPayout | undefined> {
    await this.#session.broker.open();
    const { payoutAddress } = this.#options;
    return payoutAddress === undefined ? undefined : this.#session.signPayout(payoutAddress);
  }

  /** Tells what came of it. What no event says is a failure of the whole run. */
  #follow<Result>(
    work: Promise<Result>,
    done: (result: Result) => StageEvent,
    failed: (error: PoolError) => StageEvent = (error) => ({ type: 'run-failed', error }),
  ): void {
    work.then(done, (cause) => failed(PoolError.from(cause))).then((event) => this.#happen(event));
  }

  /** Always answers, so that settlement need not wait: with nothing when this tab knows nothing of the job. */
  async #sign({ job, epoch, goesOn }: (StageEffect & { type: 'sign-receipts' })['message']): Promise<void> {
    const asked = { job, epoch, ...(goesOn ? { goesOn } : {}) };
    const shown = await this.#worker.call('sign-receipts', asked).catch(() => ({ receipts: [] }));
    this.#session.send({ type: 'receipts', ...asked, ...shown });
    if (goesOn) return;
    const tokens = shown.receipts.reduce((sum, { receipt: { from, to } }) => sum + to - from, 0);
    if (shown.receipts.length > 0) this.#happen({ type: 'receipts-signed', job, epoch, tokens });
  }
}

/** The worker tells of what matters; one that was ended answers nothing. */
const ignore = (work: Promise<unknown>): void => void work.catch(() => {});

const sliceFailed =
  (epoch: number) =>
  (error: PoolError): StageEvent => ({ type: 'slice-failed', epoch, error });
