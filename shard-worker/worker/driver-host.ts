// The driver of a worker, in a tab that chats and in one that serves: tokenises, drives sessions over the rings that it
// was given, detokenises. A prompt leaves the tab only as token ids to the entry stage.
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { StatedDevice } from '../../protocol/lend-memory.ts';
import { MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { Conversation } from '../driver/conversation.ts';
import type { Drafter } from '../driver/drafter.ts';
import { IdleConversations } from '../driver/idle-conversations.ts';
import { InterruptedJobs } from '../driver/interrupted-jobs.ts';
import { JobGrant } from '../driver/job-grant.ts';
import { LoopClient } from '../driver/loop-client.ts';
import { LoopRing } from '../driver/loop-ring.ts';
import { ModelDrafter } from '../driver/model-drafter.ts';
import { NgramDrafter } from '../driver/ngram-drafter.ts';
import { RingClient } from '../driver/ring-client.ts';
import type { RingEndsOptions } from '../driver/ring-ends.ts';
import { type DraftWindows, Speculation } from '../driver/speculation.ts';
import { openModel, openModelFiles } from '../model/open-model.ts';
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

type DriverEnds = Pick<RingEndsOptions, 'entry' | 'exit'>;

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
  /** Server jobs are driven over these, here at the entry. */
  readonly rings = new RingTable<RingClient>();
  /** What this tab's own person asks goes over these: its loops run at the entry. */
  readonly #loops = new RingTable<LoopRing>();
  readonly idle = new IdleConversations();
  readonly interrupted = new InterruptedJobs();
  readonly #asks = new Map<number, AbortController>();
  readonly #jobs = new Map<JobId, { abort: AbortController; over: Promise<void> }>();
  /** The conversation of the person in this tab: its stages keep what was computed between turns. */
  readonly #conversation = new LoopClient((signal, avoid) => {
    return this.#loops.acquire({ signal, avoid, ring: this.#askRing, timeoutMs: ACQUIRE_TIMEOUT_MS });
  });
  /** The same where the model is whole in this tab. */
  readonly #alone = new Conversation(() => this.#localRing());
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

  /** Reads the graph, as whoever lends must. */
  async check(): Promise<void> {
    await openModel(this.#opened());
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

  /** Server jobs are driven here over that coalition. It is the server's to try before anybody is answered over it. */
  use(coalition: CoalitionForDriver, links: DriverEnds | undefined): void {
    this.rings.add(new RingClient(this.#over(coalition, links)), false);
    this.idle.releaseUnless(this.rings.newest);
  }

  /** The person of this tab asks that coalition from now on. */
  ask(coalition: CoalitionForDriver, links: DriverEnds | undefined): void {
    this.#loops.add(new LoopRing(this.#over(coalition, links)));
  }

  #over({ epoch, ring, seats }: CoalitionForDriver, links: DriverEnds | undefined): RingEndsOptions {
    if (!links) throw new PoolError('link-failed', 'The links to the coalition are not in place.');
    return { epoch, ring, self: this.options.identity().peer, ...links, seats };
  }

  /** What the server has answered over this epoch is not its trial any more. */
  serve(epoch: number): void {
    if ((this.rings.newest?.epoch ?? 0) >= epoch) return;
    this.rings.serve(epoch);
    this.idle.releaseUnless(this.rings.newest);
  }

  /** What runs over this epoch may end; what rests there is let go, so that its stages need not wait for it. */
  retire(epoch: number): void {
    this.rings.retire(epoch);
    this.idle.releaseUnless(this.rings.newest);
  }

  /** Laps over this epoch end with `error`; answers of this tab go on when the next coalition is there. */
  drop(epoch: number, error: PoolError): void {
    this.rings.drop(epoch, error);
    this.#loops.drop(epoch, error);
    this.idle.releaseUnless(this.rings.newest);
  }

  async encodePrompt(messages: ChatMessage[]): Promise<{ prompt: number[]; maxContext: number }> {
    const { format, maxContext } = await this.format();
    return { prompt: format.encodeChat(messages), maxContext };
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
      this.#askRing = request.ring ?? 0;
      if (request.plan.local) return await driveAnswer(this, request, this.#alone, abort.signal);
      const { goesOn } = request;
      if (goesOn) this.#conversation.goOn(goesOn.session);
      return await driveAnswer(this, request, this.#conversation, abort.signal);
    } finally {
      this.#asks.delete(request.id);
      this.loadDraftWhenIdle();
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
      this.loadDraftWhenIdle();
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

  async #localRing(): Promise<RingClient> {
    const local = await this.#local;
    if (!local) throw new PoolError('internal', 'The model is not loaded into this tab.');
    if (local.ring.ended) throw new PoolError('stage-failed', local.ring.ended.message);
    return local.ring;
  }

  /** The first answer is drafted by lookup: the model is loaded behind it. */
  loadDraftWhenIdle(): void {
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
