// The whole model in this tab: probed, loaded and served over a link in memory. The same cutter, executor, ring node and
// driver as across tabs, so that an answer is the same token for token.

import type { Seat } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { defaultMemoryBytes, type StatedDevice } from '../../protocol/lend-memory.ts';
import { RingClient } from '../driver/ring-client.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { type LoadStageOptions, loadStage } from '../model/load-stage.ts';
import { openModel } from '../model/open-model.ts';
import { probeLayer } from '../model/probe-layer.ts';
import { RingNode } from '../ring/ring-node.ts';
import type { ModelSource } from '../words/model-source.ts';
import type { LocalState } from '../words/peer-state.ts';
import type { OwnBackend } from './own-backend.ts';
import type { BackendChoice } from './start-backend.ts';
import type { LocalReady } from './worker-api.ts';

/** No coalition has it: they count from 1. */
const LOCAL_EPOCH = 0;
/** Progress is told at this pace at most: a page cannot show more. */
const TELL_EVERY_MS = 100;

export interface LocalModelOptions {
  source: ModelSource;
  self: PeerId;
  /** Started. */
  backend: Pick<OwnBackend, 'start' | 'runtime' | 'try'>;
  device: StatedDevice;
  tell(state: LocalState): void;
}

export interface LocalModel {
  ring: RingClient;
  ready: LocalReady;
}

/** Throws what the download or the runtime failed with. */
export async function openLocalModel(options: LocalModelOptions): Promise<LocalModel> {
  const { source, tell } = options;
  tell({ phase: 'probing', loadedBytes: 0, totalBytes: 0, ...(await options.backend.start('auto')) });
  const model = await openModel(source);
  const choice = await options.backend.try(model);
  const { backend, device } = choice;
  const runtime = await options.backend.runtime();
  const lent = { memoryBytes: defaultMemoryBytes(backend, options.device) };
  const msPerLayer = await probeLayer(runtime, model, lent);
  let toldMs = 0;
  let totalBytes = 0;
  const onProgress: LoadStageOptions['onProgress'] = (progress) => {
    totalBytes = progress.totalBytes;
    const now = performance.now();
    if (now - toldMs < TELL_EVERY_MS && progress.loadedBytes < progress.totalBytes) return;
    toldMs = now;
    const { loadedBytes } = progress;
    tell({ phase: 'loading', loadedBytes, totalBytes, msPerLayer, ...choice });
  };
  const executor = await loadStage(runtime, model, { start: 0, end: model.decoder.layers }, { lent, onProgress });
  const ready: LocalReady = { backend, device, layers: model.decoder.layers, msPerLayer, totalBytes };
  const ring = serveInMemory(executor, choice, options, totalBytes);
  tell({ phase: 'ready', loadedBytes: totalBytes, totalBytes, msPerLayer, ...choice });
  return { ring, ready };
}

/** One stage and its driver in one worker. */
function serveInMemory(
  executor: LayerExecutor,
  choice: BackendChoice,
  { self, tell }: LocalModelOptions,
  totalBytes: number,
): RingClient {
  const [atDriver, atStage] = memoryLinkPair(self, self);
  const { backend, device } = choice;
  const node = new RingNode({
    epoch: LOCAL_EPOCH,
    stage: 0,
    executor,
    grants: 'local',
    linkTo: () => atStage,
    onFault(error) {
      tell({
        phase: 'failed',
        loadedBytes: 0,
        totalBytes,
        ...choice,
        error: { ...error.toShape(), next: error.next },
      });
      ring.end(new PoolError('device-lost', error.message));
    },
  });
  atStage.listen({
    onFrame: (bytes) => node.accept(atStage, decodeFrame(bytes)),
    onClose: () => node.linkClosed(atStage),
  });
  const { end } = executor;
  const seat: Seat = { peer: self, start: 0, end, backend, device, totalBytes, loadedBytes: totalBytes, ready: true };
  const ring = new RingClient({ epoch: LOCAL_EPOCH, self, entry: atDriver, exit: atDriver, seats: [seat] });
  return ring;
}
