// What receipts cost a stage: the same frames through a ring node with metering and without, in one run, rounds
// interleaved, against a step of 9 ms. The model hands out a payload of a real one's size and computes nothing, so that
// only the ring is timed: once with pauses between frames, as a GPU makes them, and once without any.

import { generateKeyPairSync, sign } from 'node:crypto';
import { parseArgs } from 'node:util';
import { decodeFrame, encodeFrame, FRAME_FLAGS } from '../protocol/frame.ts';
import { type Grant, sealGrant } from '../protocol/grant.ts';
import { identityOf, newIdentityKeys } from '../protocol/identity.ts';
import { type JobId, newSessionId, type PeerId } from '../protocol/ids.ts';
import { GREEDY } from '../protocol/sampling.ts';
import type { KvCache, LayerExecutor } from '../shard-worker/engine/layer-executor.ts';
import { memoryLinkPair } from '../shard-worker/links/memory-link.ts';
import { MeterRegistry } from '../shard-worker/ring/meter-registry.ts';
import { packJson } from '../shard-worker/ring/open-session.ts';
import { RingNode } from '../shard-worker/ring/ring-node.ts';
import { emptyFrame } from '../shard-worker/words/empty-frame.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';

const EPOCH = 1;
const LAYERS = { start: 2, end: 4 };
const JOB = '1'.repeat(32) as JobId;
const [BEFORE, SELF, AFTER] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [PeerId, PeerId, PeerId];
/** A decode step of guide-4m, of a model of hidden size 2,560 in float32, and 8 rows of 640. */
const PAYLOAD_BYTES = [1024, 10_240, 20_480];
const STEP_MS = 9;

/** Between frames of the paced measurement; shorter than a step, so that digests have less time than in truth. */
const PAUSE_MS = 1;

interface Sample {
  /** Milliseconds from sending a frame to its coming out, with a pause before each. */
  latencyMs: number;
  /** Milliseconds per frame back to back, all digests included: what a frame costs at most. */
  busyMs: number;
}

interface Lane {
  measure(frames: number): Promise<Sample>;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '15' }, frames: { type: 'string', default: '1000' } },
  });
  const [rounds, frames] = [Number(values.rounds), Number(values.frames)];
  const results = [];
  for (const payloadBytes of PAYLOAD_BYTES) {
    const lanes = { plain: makeLane(payloadBytes, false), metered: makeLane(payloadBytes, true) };
    await lanes.plain.measure(frames);
    await lanes.metered.measure(frames);
    const samples: { plain: Sample; metered: Sample }[] = [];
    for (let round = 0; round < rounds; round++) {
      // Turn about, so that a machine that gets slower within a round favours neither.
      const isPlainFirst = round % 2 === 0;
      const first = await (isPlainFirst ? lanes.plain : lanes.metered).measure(frames);
      const second = await (isPlainFirst ? lanes.metered : lanes.plain).measure(frames);
      samples.push(isPlainFirst ? { plain: first, metered: second } : { plain: second, metered: first });
    }
    const extra = (of: keyof Sample) => median(samples.map(({ plain, metered }) => metered[of] - plain[of]));
    results.push({ payloadBytes, extraLatencyMs: extra('latencyMs'), extraBusyMs: extra('busyMs'), samples });
  }
  return {
    name: 'receipt-overhead',
    table: results.map(({ payloadBytes, extraLatencyMs, extraBusyMs }) => ({
      'payload bytes': payloadBytes,
      'later by µs': (extraLatencyMs * 1000).toFixed(1),
      [`of a ${STEP_MS} ms step`]: percent(extraLatencyMs / STEP_MS),
      'µs of work a frame': (extraBusyMs * 1000).toFixed(1),
      'at most': percent(extraBusyMs / STEP_MS),
    })),
    results: { setting: { rounds, frames, stepMs: STEP_MS, pauseMs: PAUSE_MS, links: 'in memory' }, lanes: results },
  };
}

function makeLane(payloadBytes: number, isMetered: boolean): Lane {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The raw point is the end of the SPKI structure (RFC 5480).
  const orchestratorKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65).toString('base64url');
  const width = payloadBytes / 4;
  const executor = fixedExecutor(width);
  const grant: Grant = {
    ...{ job: JOB, nonce: '2'.repeat(32), pool: 'bench', driver: BEFORE, sessions: 1, own: [] },
    ...{ maxPosition: 0xffffffff, promptTokens: 0, expires: Math.floor(Date.now() / 1000) + 3600 },
  };
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const token = sealGrant(grant, (text) => sign('sha256', Buffer.from(text), key).toString('base64url'));
  return {
    async measure(frames) {
      const [atDriver, atNode] = memoryLinkPair(BEFORE, SELF);
      const [next, atNext] = memoryLinkPair(SELF, AFTER);
      const meters = new MeterRegistry();
      const grants = { trust: { orchestratorKey: () => orchestratorKey }, pool: 'bench', self: SELF, meters };
      const options = { epoch: EPOCH, stage: 1, executor, next, linkTo: () => undefined };
      const node = new RingNode({ ...options, grants: isMetered ? grants : 'local' });
      atNode.listen({ onFrame: (bytes) => node.accept(atNode, decodeFrame(bytes)), onClose: () => {} });
      const waiting: (() => void)[] = [];
      atNext.listen({ onFrame: () => waiting.shift()?.(), onClose: () => {} });
      const answer = () => new Promise<void>((resolve) => waiting.push(resolve));
      const session = newSessionId();
      const payload = crypto.getRandomValues(new Uint8Array(payloadBytes));
      const opened = answer();
      const open = packJson({ driver: BEFORE, sampling: GREEDY, grant: token });
      atDriver.send(encodeFrame({ ...emptyFrame(EPOCH, session), kind: 'open', dtype: 'json', payload: open }));
      await opened;
      let position = 0;
      const pass = async (): Promise<number> => {
        const out = answer();
        const shape = { position, tokens: 1, flags: FRAME_FLAGS.sample, lap: position + 1, width, payload };
        const frame = encodeFrame({ ...emptyFrame(EPOCH, session), kind: 'hidden', dtype: 'float32', ...shape });
        position++;
        const sentMs = performance.now();
        atDriver.send(frame);
        await out;
        return performance.now() - sentMs;
      };
      const latencies: number[] = [];
      for (let count = 0; count < frames / 4; count++) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        latencies.push(await pass());
      }
      const startedMs = performance.now();
      for (let count = 0; count < frames; count++) await pass();
      // At last: a job whose receipts were asked for is over.
      if (isMetered) await meters.receiptsFor(await IDENTITY, { job: JOB, epoch: EPOCH });
      const busyMs = (performance.now() - startedMs) / frames;
      atDriver.close();
      next.close();
      await node.close();
      return { latencyMs: median(latencies), busyMs };
    },
  };
}

const IDENTITY = newIdentityKeys().then(identityOf);

class CountingCache implements KvCache {
  length = 0;
  crop(length: number): void {
    this.length = length;
  }
  dispose(): void {}
}

function fixedExecutor(width: number): LayerExecutor {
  const hidden = new Uint8Array(width * 4);
  const run: LayerExecutor['run'] = async (cache, { tokens }) => {
    (cache as CountingCache).length += tokens;
    return { hidden, uploadMs: 0, computeMs: 0, readbackMs: 0, batch: 1 };
  };
  return {
    ...{ ...LAYERS, entry: false, exit: false, hiddenSize: width, activation: 'float32', maxContext: 0xffffffff },
    ...{ maxBatch: 1, kvLimitBytes: Number.POSITIVE_INFINITY, kvBytesOf: () => 0 },
    openCache: () => new CountingCache(),
    run,
    runBatch: (items) => Promise.all(items.map(({ cache, input }) => run(cache, input))),
    dispose: async () => {},
  };
}

const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
