// One greedy answer of fixed length over a ring, timed at the driver. The same lines for every lane of a bench.
import { GREEDY } from '../../protocol/sampling.ts';
import type { Conversation } from '../../shard-worker/driver/conversation.ts';
import type { JobGrant } from '../../shard-worker/driver/job-grant.ts';

export interface TimedAnswer {
  ids: number[];
  tokensPerSecond: number;
  timeToFirstTokenMs: number;
}

export async function timedAnswer(
  conversation: Pick<Conversation, 'generate' | 'close'>,
  prompt: number[],
  maxTokens: number,
  jobGrant?: JobGrant,
): Promise<TimedAnswer> {
  conversation.close();
  const startedMs = performance.now();
  const times: number[] = [];
  const { ids } = await conversation.generate(prompt, {
    sampling: GREEDY,
    jobGrant,
    maxTokens,
    maxContext: 1024,
    // The answer runs to its full length: every lane computes the same steps.
    eosIds: new Set(),
    onToken: () => {
      times.push(performance.now());
      return undefined;
    },
  });
  const decodeMs = times.at(-1)! - times[0]!;
  return { ids, tokensPerSecond: ((times.length - 1) * 1000) / decodeMs, timeToFirstTokenMs: times[0]! - startedMs };
}
