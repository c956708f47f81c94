// A ring node with arithmetic for a model and links that a test holds in its hands. Used by tests only.

import { decodeFrame, encodeFrame, FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import { type Grant, openGrant, sealGrant } from '../../protocol/grant.ts';
import { type JobId, newSessionId, type PeerId, type SessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { inSeconds, newOrchestrator } from '../../protocol/test-orchestrator.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { ExecutorInput, KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { MeterRegistry } from './meter-registry.ts';
import { type OpenSession, packJson, unpackJson } from './open-session.ts';
import { RingNode } from './ring-node.ts';
import type { RingNodeOptions } from './ring-node-options.ts';

export const EPOCH = 3;
export const DRIVER = 'd'.repeat(32) as PeerId;
export const SELF = '5'.repeat(32) as PeerId;
export const POOL = 'test/model@main:q4';
export const JOB = '1'.repeat(32) as JobId;
export const ORCHESTRATOR = newOrchestrator();

/** By default of `DRIVER`, for many sessions and all positions. */
export const makeGrant = (fields: Partial<Grant> = {}, signer = ORCHESTRATOR): string =>
  sealGrant(
    {
      job: JOB,
      nonce: '2'.repeat(32),
      pool: POOL,
      driver: DRIVER,
      sessions: 8,
      maxPosition: 4096,
      promptTokens: 4096,
      own: [],
      expires: inSeconds(3600),
      ...fields,
    },
    signer.sign,
  );

/** What most tests open sessions with; signed once. */
export const GRANT = makeGrant();

/** A link that keeps what it was given. */
export class HeldLink implements Link {
  readonly peer: PeerId;
  readonly rttMs = 8;
  constructor(peer: PeerId = DRIVER) {
    this.peer = peer;
  }
  closed = false;
  readonly sent: Frame[] = [];
  send(bytes: Uint8Array): void {
    if (this.closed) throw new Error('closed');
    this.sent.push(decodeFrame(bytes));
  }
  listen(): void {}
  close(): void {
    this.closed = true;
  }
  /** Codes of the errors that were sent. */
  errors(): string[] {
    const errors = this.sent.filter(({ kind }) => kind === 'error');
    return errors.map(({ payload }) => (unpackJson(payload) as { code: string }).code);
  }
}

export interface StageOptions extends Partial<RingNodeOptions> {
  start?: number;
  end?: number;
  maxBatch?: number;
  kvLimitBytes?: number;
  beforeRun?: (inputs: readonly ExecutorInput[]) => void | Promise<void>;
}

/** Counts caches, so that a test sees a leak and a cache that is freed twice or under use. */
export interface TestStage {
  node: RingNode;
  up: HeldLink;
  next: HeldLink;
  toDriver: HeldLink;
  caches: { opened: number; disposed: number };
  meters: MeterRegistry;
}

/** By default layers 0 to 2 of 4: an entry with a next stage. */
export function makeStage({ start = 0, end = 2, ...given }: StageOptions = {}): TestStage {
  const { beforeRun, maxBatch = 1, kvLimitBytes = Number.POSITIVE_INFINITY, ...options } = given;
  const [up, next, toDriver] = [new HeldLink(), new HeldLink(), new HeldLink()];
  const caches = { opened: 0, disposed: 0 };
  const meters = new MeterRegistry();
  const bounds = { maxContext: 64, maxBatch, kvLimitBytes };
  const inner = arithmeticExecutor({ start, end, layers: 4, ...bounds, ...(beforeRun ? { beforeRun } : {}) });
  const executor: LayerExecutor = {
    ...inner,
    openCache(): KvCache {
      caches.opened++;
      const cache = inner.openCache();
      const dispose = cache.dispose.bind(cache);
      cache.dispose = () => {
        caches.disposed++;
        dispose();
      };
      return cache;
    },
  };
  const node = new RingNode({
    epoch: EPOCH,
    stage: start === 0 ? 0 : 1,
    executor,
    grants: { trust: { orchestratorKey: () => ORCHESTRATOR.publicKey }, pool: POOL, self: SELF, meters },
    ...(end < 4 ? { next } : {}),
    linkTo: (peer) => (peer === DRIVER ? toDriver : undefined),
    ...options,
  });
  return { node, up, next, toDriver, caches, meters };
}

/** Lets every queued frame be handled. Signatures are checked on other threads: a busy machine is given more time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await openGrant(GRANT, { publicKey: ORCHESTRATOR.publicKey, driver: DRIVER, pool: POOL, nowSeconds: 0 });
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

export const openFrame = (session: SessionId, fields: Partial<OpenSession> = {}): Frame => ({
  ...emptyFrame(EPOCH, session),
  kind: 'open',
  dtype: 'json',
  payload: packJson({ driver: DRIVER, sampling: GREEDY, grant: GRANT, ...fields }),
});

export const closeFrame = (session: SessionId): Frame => emptyFrame(EPOCH, session);

export function stepFrame(session: SessionId, fields: Partial<Frame> = {}, ids = [1, 2]): Frame {
  const payload = new Uint8Array(Int32Array.from(ids).buffer);
  const shape = { tokens: ids.length, width: 1, lap: 1, flags: FRAME_FLAGS.sample, payload };
  return { ...emptyFrame(EPOCH, session), kind: 'step', dtype: 'int32', ...shape, ...fields };
}

export const hiddenFrame = (session: SessionId, fields: Partial<Frame> = {}): Frame => ({
  ...stepFrame(session, { payload: new Uint8Array(32) }),
  kind: 'hidden',
  dtype: 'float32',
  width: 4,
  ...fields,
});

/** As it would come off a wire. */
export const accept = (stage: TestStage, frame: Frame, from: Link = stage.up): void =>
  stage.node.accept(from, decodeFrame(encodeFrame(frame)));

export async function openSession(stage: TestStage, session = newSessionId()): Promise<SessionId> {
  accept(stage, openFrame(session));
  await settle();
  return session;
}
