// A tab for tests that serves a whole market pool: says where it is paid, answers each job in ten words, and signs for what it did.
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import { type Identity, identityOf, newIdentityKeys, serverIdOf } from '../../protocol/identity.ts';
import { type JobId, newSessionId, type PeerId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { signPayout } from '../../protocol/payout.ts';
import { chainNext, chainStart, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { TestPeer } from '../control/test-peer.ts';
import { manifestOf } from '../planner/test-manifest.ts';

export const ANSWER_TOKENS = 10;
/** As `testReader` counts: a token a word. */
export const QUESTION = 'one two three four five';
const PROMPT_TOKENS = 5;

export class PaidTab {
  readonly peer: TestPeer;
  readonly payout: `0x${string}`;
  readonly identity: Identity;
  readonly #server: PeerId;
  readonly #pool: PoolRef;
  readonly #grants = new Map<JobId, string>();
  /** Milliseconds between the words of an answer. */
  paceMs = 5;
  /** A tab that signs for nothing is paid for nothing. */
  signs = true;
  readonly #cancelled = new Set<JobId>();
  /** Words of each answer so far. */
  readonly #said = new Map<JobId, number>();

  private constructor(peer: TestPeer, identity: Identity, server: PeerId, pool: PoolRef, payout: `0x${string}`) {
    this.peer = peer;
    this.identity = identity;
    this.#server = server;
    this.#pool = pool;
    this.payout = payout;
    peer.socket.on('message', (data) => void this.#hear(JSON.parse(String(data)) as ServerMessage));
  }

  /** Joins, and serves when it resolves. */
  static async serve(url: string, pool: PoolRef, payout: `0x${string}`): Promise<PaidTab> {
    const keys = await newIdentityKeys();
    const identity = await identityOf(keys);
    const peer = await TestPeer.join(url, keys);
    const server = await serverIdOf(peer.orchestratorKey);
    const tab = new PaidTab(peer, identity, server, pool, payout);
    const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;
    const signed = await signPayout(identity, { server, address: payout });
    peer.send({ type: 'offer', pool: poolIdOf(pool), manifest: manifestOf(), capability, payout: signed });
    const { epoch } = await peer.coalition('forming', 1);
    peer.send({ type: 'stage-ready', pool: poolIdOf(pool), epoch, msPerLayer: 1 });
    await peer.coalition('ready', 1);
    return tab;
  }

  async #hear(message: ServerMessage): Promise<void> {
    if (message.type === 'job-start') {
      this.#grants.set(message.job, message.grant);
      await this.#answer(message.job);
    } else if (message.type === 'job-cancel') this.#cancelled.add(message.job);
    else if (message.type === 'receipt-request') {
      const { job, epoch, goesOn } = message;
      const words = goesOn ? (this.#said.get(job) ?? 0) : ANSWER_TOKENS;
      const receipts = this.signs && words > 0 ? [await this.#receipt(job, epoch, words)] : [];
      this.peer.send({ type: 'receipts', job, epoch, receipts, ...(goesOn ? { goesOn } : {}) });
    }
  }

  async #answer(job: JobId): Promise<void> {
    const say = (...events: object[]): void => this.peer.send({ type: 'job-events', events } as ClientMessage);
    say({ type: 'started', job, promptTokens: PROMPT_TOKENS });
    for (let at = 0; at < ANSWER_TOKENS && !this.#cancelled.has(job); at++) {
      await new Promise((resolve) => setTimeout(resolve, this.paceMs));
      this.#said.set(job, at + 1);
      say({ type: 'delta', job, choice: 0, text: `word${at} `, ids: [at + 1] });
    }
    const stats = {
      ...{ epoch: 1, route: [], returnHopMs: 0, lapMs: 1, draftMs: 0, laps: 1, drafted: 0, accepted: 0 },
      ...{ drafter: 'none', tokensPerSecond: 100, timeToFirstTokenMs: 1, totalMs: 1 },
    };
    const reason = this.#cancelled.has(job) ? 'cancelled' : 'stop';
    say({ type: 'finished', job, choice: 0, reason }, { type: 'done', job, cachedTokens: 0, stats });
  }

  async #receipt(job: JobId, epoch: number, words: number): Promise<SignedReceipt> {
    const { nonce } = JSON.parse(Buffer.from(this.#grants.get(job)!.split('.')[0]!, 'base64url').toString());
    const session = newSessionId();
    const to = PROMPT_TOKENS + words;
    const edge = async (index: number): Promise<string> => {
      let chain = await chainStart({ job, nonce, session, epoch });
      for (let position = 0; position < to; position++) {
        chain = await chainNext(chain, { position, rows: 1, payload: Uint8Array.of(index, position) });
      }
      return chain;
    };
    return signReceipt(this.identity, {
      ...{ server: this.#server, job, nonce, session, epoch, pool: poolIdOf(this.#pool), peer: this.identity.peer },
      ...{ start: 0, end: manifestOf().layers, frames: to, from: 0, to, lastFrom: to - 1, computeMs: 3 },
      ...{ chainIn: await edge(0), chainOut: await edge(1) },
    });
  }
}
