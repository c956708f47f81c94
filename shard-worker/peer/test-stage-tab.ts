// A lending tab on the test host, up to where it waits for a coalition. Used by tests only.
import type { Coalition } from '../../protocol/control.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import { settle, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import type { WorkerScript } from '../host/test-worker.ts';
import type { StageState } from '../words/peer-state.ts';
import { openStagePeer, type StagePeer, type StagePeerOptions } from './stage-peer.ts';
import { coalitionOf, MODEL, POOL, peerOf, tellOf } from './test-pool.ts';

export const JOB = 'a'.repeat(32) as JobId;
export const REQUEST: JobRequest = {
  prompt: { kind: 'text', text: 'x' },
  ...{ seed: 1, maxTokens: 4, stop: [], choices: 1, drafter: 'none' },
};

/** A receipt of that job over positions `[from, to)`. */
export const receiptOf = (from: number, to: number): Receipt => ({
  ...{
    server: peerOf('d'),
    job: JOB,
    nonce: 'b'.repeat(32),
    session: 'c'.repeat(16) as SessionId,
    pool: POOL,
    epoch: 5,
  },
  ...{ peer: peerOf('e'), start: 0, end: 2, frames: 1, from, to, lastFrom: from, computeMs: 1 },
  ...{ chainIn: '0'.repeat(64), chainOut: '1'.repeat(64) },
});

export interface StageTab {
  host: TestHost;
  peer: StagePeer;
  self: PeerId;
  state(): StageState;
  /** The server tells of a coalition; then all that follows happens. */
  hear(epoch: number, state: Coalition['state'], peers: PeerId[]): Promise<void>;
}

/** A tab that waits for a coalition. */
export async function joinTab(script: WorkerScript = {}, options: Partial<StagePeerOptions> = {}): Promise<StageTab> {
  const host = new TestHost(script);
  const peer = openStagePeer(host, { pool: MODEL, ...options });
  const self = await host.welcome();
  await until(() => host.socket.told('offer').length > 0);
  return {
    ...{ host, peer, self },
    state: () => peer.state.get(),
    async hear(epoch, state, peers) {
      host.socket.say(tellOf(coalitionOf(epoch, state, peers)));
      await settle();
    },
  };
}
