// A pool without sockets for tests of jobs: peers with real keys, a coalition over them, what was sent to whom, and
// receipts as honest stages would sign them. Used by tests only.
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, type ModelRef, newSessionId, type PeerId, poolIdOf, type SessionId } from '../../protocol/ids.ts';
import { chainNext, chainStart, type Receipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';

export const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };

export class TestNetwork {
  readonly sent: { to: PeerId; message: ServerMessage }[] = [];
  readonly gone = new Set<PeerId>();
  /** Left out by the roster: they did not show what they said. */
  readonly unshown = new Set<PeerId>();
  readonly manifest = manifestOf();
  readonly identities: Identity[];
  epoch = 1;
  /** Indices of the peers that serve, in ring order. */
  ring: number[];
  #waiting: (() => void)[] = [];
  memoryBytes = 1e9;
  isServing = true;

  constructor(identities: Identity[]) {
    this.identities = identities;
    this.ring = identities.map((_, index) => index);
  }

  static async of(peers: number): Promise<TestNetwork> {
    const keys = await Promise.all(Array.from({ length: peers }, () => newIdentityKeys()));
    return new TestNetwork(await Promise.all(keys.map(identityOf)));
  }

  peer(index: number): PeerId {
    return this.identities[index]!.peer;
  }

  coalition(): Coalition {
    const { layers } = this.manifest;
    const share = layers / this.ring.length;
    return {
      pool: poolIdOf(MODEL),
      model: MODEL,
      epoch: this.epoch,
      state: 'ready',
      seats: this.ring.map((index, stage) => ({
        peer: this.peer(index),
        start: Math.round(stage * share),
        end: Math.round((stage + 1) * share),
        backend: 'wasm',
        device: 'test',
        totalBytes: 100,
        loadedBytes: 100,
        ready: true,
      })),
    };
  }

  pool(): Pool | undefined {
    const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: this.memoryBytes, device: 'test' } as const;
    return {
      ...emptyPool(poolIdOf(MODEL), this.epoch),
      manifest: this.manifest,
      peers: [
        ...this.ring.map((index) => ({ peer: this.peer(index), capability })),
        ...[...this.unshown].map((peer) => ({ peer, capability, excluded: 'unshown' as const })),
      ],
      coalitions: this.isServing ? [{ coalition: this.coalition(), progressAtMs: new Map() }] : [],
    };
  }

  send(to: PeerId, message: ServerMessage): boolean {
    if (this.gone.has(to)) return false;
    this.sent.push({ to, message });
    for (const wake of this.#waiting.splice(0)) wake();
    return true;
  }

  /** Takes the next message of this type, waiting for it if need be. */
  async next<T extends ServerMessage['type']>(
    type: T,
    to?: PeerId,
  ): Promise<{ to: PeerId; message: Extract<ServerMessage, { type: T }> }> {
    const untilMs = performance.now() + 60_000;
    for (;;) {
      const index = this.sent.findIndex((one) => one.message.type === type && (to === undefined || one.to === to));
      if (index >= 0) return this.sent.splice(index, 1)[0] as never;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0)
        throw new Error(`No ${type} was sent. There is: ${this.sent.map(({ message }) => message.type)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, leftMs);
      });
    }
  }
}

/** Whom it signs for. */
export const SERVER_ID = '5e'.repeat(16) as PeerId;

/** What an honest coalition signs for one session: `frames` frames over positions `[from, to)`. */
export async function honestReceipts(
  network: TestNetwork,
  about: { job: JobId; nonce: string; from?: number; to: number; frames: number; session?: SessionId },
): Promise<Map<PeerId, SignedReceipt>> {
  const { job, nonce, from = 0, to, frames, session = newSessionId() } = about;
  const { epoch, pool, seats } = network.coalition();
  /** Edge e leads into seat e; the last one leads back to the driver. */
  const edge = async (index: number): Promise<string> => {
    let chain = await chainStart({ job, nonce, session, epoch });
    for (let frame = 0; frame < frames; frame++) {
      chain = await chainNext(chain, { position: from + frame, rows: 1, payload: Uint8Array.of(index, frame) });
    }
    return chain;
  };
  const edges = await Promise.all([...seats, undefined].map((_, index) => edge(index)));
  const common = {
    server: SERVER_ID,
    job,
    nonce,
    session,
    pool,
    epoch,
    frames,
    from,
    to,
    lastFrom: Math.max(from, to - 1),
  };
  const stages = new Map<PeerId, SignedReceipt>();
  for (const [index, { peer, start, end }] of seats.entries()) {
    const identity = network.identities.find((one) => one.peer === peer)!;
    const chains = { chainIn: edges[index]!, chainOut: edges[index + 1]! };
    const receipt: Receipt = { ...common, peer, start, end, computeMs: 3, ...chains };
    stages.set(peer, await signReceipt(identity, receipt));
  }
  return stages;
}

/** What the client of a chat signs that it received, of a prompt of five tokens. */
export function noteOf(
  client: Identity,
  about: { job: JobId; nonce: string; tokens: number; epoch?: number; cachedTokens?: number },
): Promise<SignedDelivery> {
  const { job, nonce, tokens, epoch = 1, cachedTokens = 0 } = about;
  const common = { server: SERVER_ID, job, nonce, pool: poolIdOf(MODEL), peer: client.peer };
  return signDelivery(client, { ...common, promptTokens: 5, cachedTokens, delivered: [{ epoch, tokens }] });
}
