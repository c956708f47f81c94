// The driver of a worker, in a tab that chats and in one that serves: tokenises, drives sessions over the rings that it
// was given, detokenises. A prompt leaves the tab only as token ids to the entry stage.
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { Conversation } from '../driver/conversation.ts';
import type { Drafter } from '../driver/drafter.ts';
import { IdleConversations } from '../driver/idle-conversations.ts';
import { InterruptedJobs } from '../driver/interrupted-jobs.ts';
import { JobGrant } from '../driver/job-grant.ts';
import { ModelDrafter } from '../driver/model-drafter.ts';
import { NgramDrafter } from '../driver/ngram-drafter.ts';
import { RingClient } from '../driver/ring-client.ts';
import { type DraftWindows, Speculation } from '../driver/speculation.ts';
import type { Link } from '../links/link.ts';
import { openModelFiles } from '../model/open-model.ts';
import type { StatedDevice } from '../words/lend-memory.ts';
import type { ChatMessage } from '../words/peer-state.ts';
import type { TokenCheck } from '../words/token-check.ts';
import { DraftModel } from './draft-model.ts';
import { driveAnswer } from './drive-answer.ts';
import type { DriverTools } from './driver-tools.ts';
import { type LocalModel, openLocalModel } from './local-model.ts';
import type { OwnBackend } from './own-backend.ts';
import { type DriverFormat, readFormat } from './read-format.ts';
import { RingTable } from './ring-table.ts';
import { runServerJob } from './run-server-job.ts';
import type {
  CoalitionForDriver,
  Driven,
  DriveRequest,
  DriverSource,
  LocalReady,
  ServerJob,
  TellPage,
  WorkerEvents,
} from './worker-api.ts';

export interface DriverHostOptions {
  identity(): Identity;
  trust: TokenCheck;
  backend: Pick<OwnBackend, 'start' | 'runtime' | 'try'>;
  device: StatedDevice;
  tell: TellPage;
}

/** How long an answer of this tab's person waits for a coalition to form again before it gives up. */
const ACQUIRE_TIMEOUT_MS = 120_000;

export class DriverHost implements DriverTools {
  readonly options: DriverHostOptions;
  readonly rings = new RingTable();
  readonly idle = new IdleConversations();
  readonly interrupted = new InterruptedJobs();
  readonly #asks = new Map<number, AbortController>();
  readonly #jobs = new Map<JobId, { abort: AbortController; over: Promise<void> }>();
  /** The conversation of the person in this tab: its stages keep what was computed between turns. */
  readonly #conversation = new Conversation((signal, avoid) => this.#acquire(signal, avoid));
  #isAskLocal = false;
  #askRing = 0;
  /** The page knows that the model's own programs run. */
  #isAnnounced = false;
  #source: DriverSource | undefined;
  #format: Promise<DriverFormat> | undefined;
  /** How far it pays to draft, as answers so far have shown. */
  readonly #windows: DraftWindows = new Map();
  #draft: DraftModel | undefined;
  #local: Promise<LocalModel> | undefined;

  constructor(options: DriverHostOptions) {
    this.options = options;
  }

  /** Reads the tokenizer; again after a failure, else once. */
  async start(source: DriverSource): Promise<void> {
    this.#source ??= source;
    await this.format();
  }

  format(): Promise<DriverFormat> {
    const source = this.#opened();
    this.#format ??= openModelFiles(source)
      .then((files) => readFormat(files, (run) => this.#announce(run)))
      .catch((error) => {
        this.#format = undefined;
        throw error;
      });
    return this.#format;
  }

  /** `serves`: false for one that the server tries before anybody is answered over it. */
  use(
    { epoch, ring: number, seats }: CoalitionForDriver,
    links: { entry: Link; exit: Link } | undefined,
    serves = true,
  ): void {
    if (!links) throw new PoolError('link-failed', 'The links to the coalition are not in place.');
    const ring = new RingClient({ epoch, ring: number, self: this.options.identity().peer, ...links, seats });
    this.rings.add(ring, serves);
    this.#releaseOthers();
  }

  /** What the server has answered over this epoch is not its trial any more. */
  serve(epoch: number): void {
    if ((this.rings.newest?.epoch ?? 0) >= epoch) return;
    this.rings.serve(epoch);
    this.#releaseOthers();
  }

  #releaseOthers(): void {
    const { newest } = this.rings;
    this.idle.releaseUnless(newest);
    if (this.#asks.size === 0) this.#conversation.releaseUnless((ring) => this.rings.isCurrent(ring));
  }

  /** Laps over this epoch end with `error`; answers of this tab go on when the next coalition is there. */
  drop(epoch: number, error: PoolError): void {
    this.rings.drop(epoch, error);
    this.idle.releaseUnless(this.rings.newest);
  }

  async countPrompt(messages: ChatMessage[]): Promise<{ promptTokens: number; maxContext: number }> {
    const { format, maxContext } = await this.format();
    return { promptTokens: format.encodeChat(messages).length, maxContext };
  }

  cancel(id: number): void {
    this.#asks.get(id)?.abort();
  }

  /** An answer for this tab's own person: one at a time, in one conversation. */
  async drive(request: DriveRequest): Promise<Driven> {
    if (this.#asks.size > 0) throw new PoolError('rate-limited', 'One answer at a time in this tab.');
    const abort = new AbortController();
    this.#asks.set(request.id, abort);
    try {
      this.#isAskLocal = request.plan.local;
      this.#askRing = request.ring ?? 0;
      return await driveAnswer(this, request, this.#conversation, abort.signal);
    } finally {
      this.#asks.delete(request.id);
      if (!request.plan.local) this.#conversation.releaseUnless((ring) => this.rings.isCurrent(ring));
      this.#loadDraftWhenIdle();
    }
  }

  cancelJob(job: JobId): void {
    this.#jobs.get(job)?.abort.abort();
  }

  /** A job of the server. Never rejects: its last event says how it went. */
  async runJob(job: ServerJob): Promise<void> {
    const earlier = this.#jobs.get(job.job);
    if (earlier && !earlier.abort.signal.aborted) return;
    // It was cancelled, and is begun again before it has ended.
    await earlier?.over;
    const abort = new AbortController();
    // Each is a session at every stage, and a stage holds no more.
    const isFull = this.#jobs.size >= MAX_SESSIONS_PER_STAGE && !job.request.trial;
    const over = runServerJob(this, job, abort.signal, isFull).finally(() => {
      if (!isFull) this.#jobs.delete(job.job);
      this.#loadDraftWhenIdle();
    });
    if (!isFull) this.#jobs.set(job.job, { abort, over });
    await over;
  }

  grantOf(grant: string): Promise<JobGrant> {
    const { identity, trust } = this.options;
    const { pool } = this.#opened();
    return JobGrant.read(grant, {
      ...{ publicKey: trust.orchestratorKey(), driver: identity().peer, pool },
      nowSeconds: trust.nowSeconds?.(),
    });
  }

  /** A draft model is used from the guess on at which it is there. */
  speculate(kind: 'none' | 'ngram' | 'model'): Speculation | undefined {
    if (kind === 'none') return undefined;
    const ngram = new NgramDrafter();
    const windows = this.#windows;
    if (kind === 'ngram') return new Speculation(() => ngram, { windows });
    this.#draft ??= new DraftModel(() => this.options.backend.runtime(), this.#opened());
    const draft = this.#draft;
    let model: Drafter | undefined;
    const source = () => {
      const { executor } = draft;
      if (executor) model ??= new ModelDrafter(executor);
      return model ?? ngram;
    };
    return new Speculation(source, { windows });
  }

  /** Once; again after a failure, also one while it computed. */
  async openLocal(wish: Backend | 'auto'): Promise<LocalReady> {
    const source = this.#opened();
    if ((await this.#local)?.ring.ended) this.#local = undefined;
    const tell = (state: WorkerEvents['local']) => this.options.tell('local', state);
    this.#local ??= this.#loadLocal(source, wish).catch((cause) => {
      this.#local = undefined;
      const error = PoolError.from(cause);
      tell({ phase: 'failed', loadedBytes: 0, totalBytes: 0, error: { ...error.toShape(), next: error.next } });
      throw error;
    });
    return (await this.#local).ready;
  }

  async #loadLocal(source: DriverSource, wish: Backend | 'auto'): Promise<LocalModel> {
    const { identity, backend, device, tell } = this.options;
    await backend.start(wish);
    const options = { source, self: identity().peer, backend, device };
    return openLocalModel({ ...options, tell: (state) => tell('local', state) });
  }

  async #acquire(signal?: AbortSignal, avoid?: RingClient): Promise<RingClient> {
    const wanted = { ring: this.#askRing, timeoutMs: ACQUIRE_TIMEOUT_MS };
    if (!this.#isAskLocal) return this.rings.acquire({ signal, avoid, ...wanted });
    const local = await this.#local;
    if (!local) throw new PoolError('internal', 'The model is not loaded into this tab.');
    if (local.ring.ended) throw new PoolError('stage-failed', local.ring.ended.message);
    return local.ring;
  }

  /** The first answer is drafted by lookup: the model is loaded behind it. */
  #loadDraftWhenIdle(): void {
    if (this.#asks.size === 0 && this.#jobs.size === 0) this.#draft?.load();
  }

  /** Between two words to the page, which ends a worker that says no second one. Runs of one moment share them: a token has many. */
  #announce<Result>(run: () => Result): Result {
    if (!this.#isAnnounced) {
      const { tell } = this.options;
      this.#isAnnounced = true;
      tell('foreign', true);
      queueMicrotask(() => {
        this.#isAnnounced = false;
        tell('foreign', false);
      });
    }
    return run();
  }

  #opened(): DriverSource {
    if (!this.#source) throw new PoolError('internal', 'The driver was not started.');
    return this.#source;
  }
}
