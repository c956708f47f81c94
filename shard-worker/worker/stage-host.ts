// The stage side of a worker: one model, and per epoch a slice of it with its ring node. Old and new epoch may stand side
// by side, so that a change of members interrupts no answer.
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import type { ChannelLink } from '../links/channel-link.ts';
import type { Link } from '../links/link.ts';
import { loadStage } from '../model/load-stage.ts';
import { type OpenModel, openModel } from '../model/open-model.ts';
import { probeLayer } from '../model/probe-layer.ts';
import { packJson } from '../ring/open-session.ts';
import { emptyFrame, RingNode } from '../ring/ring-node.ts';
import { LinkTable } from './link-table.ts';
import type { ModelSource, StageAssignment, StageLoaded, WorkerEvents } from './worker-api.ts';

interface Epoch {
  assignment: StageAssignment;
  abort: AbortController;
  executor?: LayerExecutor;
  node?: RingNode;
}

/** How long a retired epoch may finish what is running. */
const RETIRE_GRACE_MS = 60_000;
const RETIRE_POLL_MS = 500;
/** Progress is told at this pace at most: a page cannot show more. */
const TELL_EVERY_MS = 100;

type Tell = <Name extends keyof WorkerEvents & string>(event: Name, data: WorkerEvents[Name]) => void;

export class StageHost {
  readonly #runtime: () => Promise<OrtRuntime>;
  readonly #tell: Tell;
  readonly #epochs = new Map<number, Epoch>();
  readonly links: LinkTable;
  readonly #served = { tokens: 0, steps: 0, computeMs: 0, isDirty: false };
  #model: OpenModel | undefined;

  constructor(runtime: () => Promise<OrtRuntime>, identity: () => Identity, tell: Tell) {
    this.#runtime = runtime;
    this.#tell = tell;
    this.links = new LinkTable({
      identity,
      ticketOf: (epoch) => this.#epochs.get(epoch)?.assignment.ticket,
      onReady: (link) => this.#listen(link),
      onClosed: ({ id, epoch, peer, direction }) => tell('link-closed', { id, epoch, peer, direction }),
    });
    setInterval(() => this.#tellServed(), 1000);
  }

  async readModel(source: ModelSource) {
    this.#model = await openModel(source);
    return this.#model.manifest;
  }

  async probe() {
    return { msPerLayer: await probeLayer(await this.#runtime(), this.#opened()) };
  }

  async load(assignment: StageAssignment): Promise<StageLoaded> {
    const { epoch, start, end } = assignment;
    const entry: Epoch = { assignment, abort: new AbortController() };
    this.#epochs.set(epoch, entry);
    const model = this.#opened();
    const before = { ...model.files.meter };
    let toldMs = 0;
    const executor = await loadStage(
      await this.#runtime(),
      model,
      { start, end },
      (progress) => {
        const now = performance.now();
        if (now - toldMs < TELL_EVERY_MS && progress.loadedBytes < progress.totalBytes) return;
        toldMs = now;
        // Counted by the meter, which also knows the bytes that opening a file brought.
        const networkBytes = model.files.meter.networkBytes - before.networkBytes;
        const cachedBytes = model.files.meter.cachedBytes - before.cachedBytes;
        this.#tell('load-progress', { epoch, ...progress, networkBytes, cachedBytes });
      },
      entry.abort.signal,
    );
    if (entry.abort.signal.aborted) {
      await executor.dispose();
      throw new PoolError('cancelled', 'The coalition changed while this slice was loading.');
    }
    entry.executor = executor;
    const msPerLayer = await warmUp(executor);
    return {
      networkBytes: model.files.meter.networkBytes - before.networkBytes,
      cachedBytes: model.files.meter.cachedBytes - before.cachedBytes,
      msPerLayer,
    };
  }

  /** Called when the link to the next stage is proved, or at once at the exit: from now on frames are computed. */
  serve(epoch: number): void {
    const entry = this.#epochs.get(epoch);
    if (!entry?.executor || entry.node) return;
    const { stage, next } = entry.assignment;
    const link = next ? this.links.get(epoch, 'out', next) : undefined;
    if (next && !link) return;
    entry.node = new RingNode({
      epoch,
      stage,
      executor: entry.executor,
      ...(link ? { next: link } : {}),
      linkTo: (peer) => this.links.get(epoch, 'in', peer),
      onFault: (error) => this.#tell('fault', error.toShape()),
      onServed: ({ tokens, computeMs }) => {
        this.#served.tokens += tokens;
        this.#served.steps++;
        this.#served.computeMs += computeMs;
        this.#served.isDirty = true;
      },
    });
  }

  async retire(epoch: number): Promise<void> {
    const entry = this.#epochs.get(epoch);
    if (!entry) return;
    entry.abort.abort();
    const deadline = performance.now() + RETIRE_GRACE_MS;
    while ((entry.node?.sessions ?? 0) > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, RETIRE_POLL_MS));
    }
    this.#epochs.delete(epoch);
    this.links.closeEpoch(epoch);
    await entry.node?.close();
    await entry.executor?.dispose();
  }

  #opened(): OpenModel {
    if (!this.#model) throw new PoolError('internal', 'The model was not read before it was used.');
    return this.#model;
  }

  #listen(link: ChannelLink): void {
    link.listen({
      onFrame: (bytes) => this.#route(link, bytes),
      onClose: () => {
        for (const { node } of this.#epochs.values()) node?.linkClosed(link);
      },
    });
  }

  #route(link: ChannelLink, bytes: Uint8Array): void {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch {
      return; // Random bytes: nothing in them says whom to answer.
    }
    const node = this.#epochs.get(frame.epoch)?.node;
    if (node && link.speaks(frame.epoch)) node.accept(link, frame);
    else if (frame.kind !== 'error' && frame.kind !== 'close') refuseEpoch(link, frame);
  }

  #tellServed(): void {
    const sessions = [...this.#epochs.values()].reduce((sum, { node }) => sum + (node?.sessions ?? 0), 0);
    if (!this.#served.isDirty && sessions === 0) return;
    this.#served.isDirty = false;
    const { tokens, steps, computeMs } = this.#served;
    this.#tell('served', { sessions, tokens, stepMs: steps === 0 ? 0 : computeMs / steps, ...this.links.traffic() });
  }
}

function refuseEpoch(link: Link, frame: Frame): void {
  const error = new PoolError('epoch-stale', 'This stage does not serve that coalition.');
  const payload = packJson(error.toShape());
  try {
    link.send(
      encodeFrame({ ...emptyFrame(frame.epoch, frame.session), kind: 'error', dtype: 'json', lap: frame.lap, payload }),
    );
  } catch {
    // The link is closed: its other side knows.
  }
}

const WARM_STEPS = 5;

/**
 * Some steps through the loaded slice: compiles its kernels now and not under the first question. Gives the quickest
 * step's milliseconds per layer; what disturbs a step only ever adds.
 */
async function warmUp(executor: LayerExecutor): Promise<number> {
  const cache = executor.openCache();
  const elementBytes = executor.activation === 'float16' ? 2 : 4;
  const input = {
    ...(executor.entry ? { ids: Int32Array.of(0) } : { hidden: new Uint8Array(executor.hiddenSize * elementBytes) }),
    tokens: 1,
    rows: 'last' as const,
    inverseTemperature: 1,
  };
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let step = 0; step < WARM_STEPS; step++) {
    quickestMs = Math.min(quickestMs, (await executor.run(cache, input)).computeMs);
  }
  cache.dispose();
  return quickestMs / (executor.end - executor.start);
}
