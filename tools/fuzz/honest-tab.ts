// A tab that serves a pool as it should, without a model: it loads its layers at once and answers each job with as many tokens as
// were asked for. Over a real control socket.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientOptions } from 'ws';
import { parseServerMessage, type ServerMessage } from '../../protocol/control.ts';
import type { JobEvent, JobStats } from '../../protocol/job.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';

const STATS: JobStats = {
  ...{ epoch: 1, route: [], returnHopMs: 0, lapMs: 1, draftMs: 0, laps: 1, drafted: 0, accepted: 0, drafter: 'none' },
  ...{ tokensPerSecond: 1, timeToFirstTokenMs: 1, totalMs: 1 },
};
/** An answer has no more, whatever was asked. */
const MAX_TOKENS = 8;

type JobStart = Extract<ServerMessage, { type: 'job-start' }>;

/** The whole answer to a job, as its driver tells it: the token `w` as often as was asked for. */
export function answerOf({ job, epoch, request }: JobStart): JobEvent[] {
  const tokens = Math.min(request.maxTokens, MAX_TOKENS);
  const choices = Array.from({ length: request.choices }, (_, choice) => choice);
  return [
    { type: 'started', job, promptTokens: 1 },
    ...choices.flatMap((choice): JobEvent[] => [
      { type: 'delta', job, choice, text: 'w'.repeat(tokens), ids: Array.from({ length: tokens }, () => 5) },
      { type: 'finished', job, choice, reason: 'length' },
    ]),
    { type: 'done', job, cachedTokens: 0, stats: { ...STATS, epoch } },
  ];
}

/** `answerMs`: what a ring would take for an answer; by default it is there at once. */
export async function joinHonestTab(
  url: string,
  manifest: ModelManifest,
  { answerMs = 0, ...options }: ClientOptions & { answerMs?: number } = {},
): Promise<TestPeer> {
  const peer = await TestPeer.join(url, undefined, options);
  peer.socket.on('message', (data) => {
    const message = parseServerMessage(data.toString());
    peer.inbox.length = 0;
    if (peer.socket.readyState !== peer.socket.OPEN) return;
    if (message.type === 'coalition' && message.coalition.state === 'forming') {
      if (message.coalition.seats.some((seat) => seat.peer === peer.peer)) peer.ready(message.coalition.epoch);
    }
    if (message.type === 'probe') peer.send({ type: 'present', at: message.at });
    if (message.type === 'job-start') void answer(message);
    if (message.type === 'receipt-request') {
      peer.send({ type: 'receipts', job: message.job, epoch: message.epoch, receipts: [] });
    }
  });
  const answer = async (start: JobStart): Promise<void> => {
    if (answerMs > 0) await sleep(answerMs);
    if (peer.socket.readyState === peer.socket.OPEN) peer.send({ type: 'job-events', events: answerOf(start) });
  };
  peer.offer(manifest);
  return peer;
}
