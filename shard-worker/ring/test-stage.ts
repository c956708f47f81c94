// A ring node with arithmetic for a model and links that a test holds in its hands. Used by tests only.
import { decodeFrame, encodeFrame, FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import { newSessionId, type PeerId, type SessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { packJson, unpackJson } from './open-session.ts';
import { emptyFrame, RingNode, type RingNodeOptions } from './ring-node.ts';

export const EPOCH = 3;
export const DRIVER = 'd'.repeat(32) as PeerId;

/** A link that keeps what it was given. */
export class HeldLink implements Link {
  readonly peer = DRIVER;
  readonly rttMs = 8;
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
  beforeRun?: () => void | Promise<void>;
}

/** Counts caches, so that a test sees a leak and a cache that is freed twice or under use. */
export interface TestStage {
  node: RingNode;
  up: HeldLink;
  next: HeldLink;
  toDriver: HeldLink;
  caches: { opened: number; disposed: number };
}

/** By default layers 0 to 2 of 4: an entry with a next stage. */
export function makeStage({ start = 0, end = 2, beforeRun, ...options }: StageOptions = {}): TestStage {
  const [up, next, toDriver] = [new HeldLink(), new HeldLink(), new HeldLink()];
  const caches = { opened: 0, disposed: 0 };
  const inner = arithmeticExecutor({ start, end, layers: 4, maxContext: 64, ...(beforeRun ? { beforeRun } : {}) });
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
    ...(end < 4 ? { next } : {}),
    linkTo: (peer) => (peer === DRIVER ? toDriver : undefined),
    ...options,
  });
  return { node, up, next, toDriver, caches };
}

/** Lets every queued frame be handled. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

export const openFrame = (session: SessionId, driver = DRIVER): Frame => ({
  ...emptyFrame(EPOCH, session),
  kind: 'open',
  dtype: 'json',
  payload: packJson({ driver, sampling: GREEDY }),
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
