// An asking tab on the test host, and what the server says to its asks. Used by tests only.
import type { Coalition } from '../../protocol/control.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { settle, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import type { WorkerScript } from '../host/test-worker.ts';
import type { AnswerStats, AskHandlers, AskRequest } from '../words/peer-state.ts';
import { type ChatPeerOptions, openChatPeer } from './chat-peer.ts';
import { coalitionOf, MODEL, POOL, peerOf, tellOf } from './test-pool.ts';

export const [B, C] = [peerOf('b'), peerOf('c')];
export const JOB = 'd'.repeat(32) as JobId;
export const HELLO: AskRequest = { messages: [{ role: 'user', content: 'Hello?' }] };
export const PLAN: RoutePlan = {
  ...{ mode: 'lan', driver: 'here', local: false, drafter: 'none', stages: 2, reason: '', rejected: [] },
  predicted: { tokensPerSecond: 1, timeToFirstTokenMs: 1 },
};
export const ANSWER = { text: 'Hi.', tokenIds: [1, 2], finishReason: 'stop', stats: {} as AnswerStats } as const;
/** As a worker would sign it; nobody here looks at the signature. */
export const DELIVERY: SignedDelivery = {
  note: {
    ...{
      server: peerOf('e'),
      job: JOB,
      nonce: '2'.repeat(32),
      pool: POOL,
      peer: peerOf('a'),
      promptTokens: 9,
      cachedTokens: 0,
    },
    delivered: [{ epoch: 5, tokens: 2 }],
  },
  ...{ publicKey: 'BA', signature: 'AA' },
};
/** An answer of this tab alone: nobody signs for it. */
export const DRIVEN_ALONE = {
  ...{ answer: { ...ANSWER, tokenIds: [1, 2] }, promptTokens: 9, cachedTokens: 0, completionTokens: 2 },
};
export const DRIVEN = { ...DRIVEN_ALONE, delivery: DELIVERY };

/** `before`: what its browser has kept. */
export async function openTab(
  script: WorkerScript = {},
  before: (host: TestHost) => void = () => {},
  options: Partial<ChatPeerOptions> = {},
) {
  const host = new TestHost({ ask: () => DRIVEN, ...script });
  before(host);
  const peer = openChatPeer(host, { pool: MODEL, ...options });
  const self = await host.welcome();
  const hear = async (epoch: number, state: Coalition['state'], peers = [B, C]) => {
    host.socket.say(tellOf(coalitionOf(epoch, state, peers)));
    await settle();
  };
  return { host, peer, self, hear, state: () => peer.state.get() };
}

/** A tab whose coalition of B and C answers. */
export async function openReady(script: WorkerScript = {}) {
  const tab = await openTab(script);
  await tab.hear(5, 'ready');
  return tab;
}

export type Tab = Awaited<ReturnType<typeof openTab>>;

/** Asks, and is there when the server has heard of it. */
export async function ask({ host, peer }: Tab, request: Partial<AskRequest> = {}, handlers: AskHandlers = {}) {
  const before = host.socket.told('ask').length;
  const answer = peer.ask({ ...HELLO, ...request }, handlers);
  answer.catch(() => {});
  await until(() => host.socket.told('ask').length > before);
  return { answer, number: host.socket.told('ask').at(-1)!.ask };
}

export function grant({ host }: Tab, number: number, plan = PLAN, job = JOB): void {
  const permission = plan.local ? {} : { grant: 'grant' };
  host.socket.say({ type: 'ask-granted', ask: number, job, ...permission, epoch: 5, plan, heldMicros: 9 });
}
export const settled = ({ host }: Tab) =>
  host.socket.say({ type: 'ask-settled', job: JOB, chargedMicros: 7, receiptId: 'r1' });
