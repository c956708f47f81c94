// The baseline of sharded-vs-solo: the whole model and its driver in one worker, no network anywhere. The same cutter,
// executor, ring node and driver as in the network; only the link is memory.

import type { Backend } from '../../protocol/control.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { LentMemory } from '../../protocol/lend-memory.ts';
import { Conversation } from '../../shard-worker/driver/conversation.ts';
import { RingClient } from '../../shard-worker/driver/ring-client.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { memoryLinkPair } from '../../shard-worker/links/memory-link.ts';
import { loadStage } from '../../shard-worker/model/load-stage.ts';
import { openModel } from '../../shard-worker/model/open-model.ts';
import { RingNode } from '../../shard-worker/ring/ring-node.ts';
import type { ModelSource } from '../../shard-worker/words/model-source.ts';
import { type TimedAnswer, timedAnswer } from './timed-answer.ts';

export interface SoloRequest {
  backend: Backend;
  source: ModelSource;
  prompt: number[];
  maxTokens: number;
  /** Default: 1 GB, and weights unpacked where that is faster. */
  lent?: LentMemory;
}

const DRIVER = '0'.repeat(32) as PeerId;
const STAGE = '1'.repeat(32) as PeerId;
let ready: Promise<Conversation> | undefined;

async function open({ backend, source, lent = { memoryBytes: 1e9 } }: SoloRequest): Promise<Conversation> {
  const runtime = await loadOrtRuntime(backend, '/ort/');
  const model = await openModel(source);
  const executor = await loadStage(runtime, model, { start: 0, end: model.decoder.layers }, { lent });
  const [atDriver, atStage] = memoryLinkPair(DRIVER, STAGE);
  const node = new RingNode({ epoch: 1, stage: 0, executor, grants: 'local', linkTo: () => atStage });
  atStage.listen({ onFrame: (bytes) => node.accept(atStage, decodeFrame(bytes)), onClose: () => {} });
  const client = new RingClient({ epoch: 1, self: DRIVER, entry: atDriver, exit: atDriver });
  return new Conversation(async () => client);
}

async function answer(request: SoloRequest): Promise<TimedAnswer> {
  ready ??= open(request);
  return timedAnswer(await ready, request.prompt, request.maxTokens);
}

self.addEventListener('message', (event: MessageEvent<SoloRequest>) => {
  answer(event.data).then(
    (reply) => self.postMessage({ reply }),
    (error) => self.postMessage({ error: String(error?.message ?? error) }),
  );
});
