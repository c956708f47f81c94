// One job of the server at the entry stage: request in, events out, in order; the last one is `done` or `failed`. Stays
// with the ring that it was given: when that ends, the server starts the job again where the next entry is. Where that is here
// again, it goes on with what the stages hold.

import { checkPrompt } from '../../protocol/check-prompt.ts';
import { PoolError } from '../../protocol/errors.ts';
import { AnswerStatsMeter } from '../driver/answer-stats.ts';
import { Conversation } from '../driver/conversation.ts';
import { driveChoices } from '../driver/drive-choices.ts';
import { promptIds } from '../driver/prompt-ids.ts';
import { type Speculation, totalOf } from '../driver/speculation.ts';
import type { DriverTools } from './driver-tools.ts';
import type { ServerJob } from './worker-api.ts';

/** Links of an epoch come up a moment after the server has heard that it serves. */
const EPOCH_WAIT_MS = 5_000;
/** The server's own trial of a coalition comes while its links are made, and has time. */
const TRIAL_WAIT_MS = 30_000;

/** Never rejects. `isFull`: there are as many jobs here as there may be. */
export async function runServerJob(
  tools: DriverTools,
  { job, grant, epoch, request }: ServerJob,
  signal: AbortSignal,
  isFull: boolean,
): Promise<void> {
  const { tell } = tools.options;
  const { owner } = request;
  const startedMs = performance.now();
  const guesses: Speculation[] = [];
  const conversations = new Map(tools.interrupted.take(job));
  let cachedTokens = 0;
  try {
    if (isFull) throw new PoolError('sessions-full', 'This tab already drives as many answers as it may.');
    const { format, maxContext } = await tools.format();
    const jobGrant = await tools.grantOf(grant);
    const prompt = promptIds(request.prompt, format);
    // Before it has begun: whoever asked over HTTP hears of it by a status and not inside an answer.
    checkPrompt(prompt.length, maxContext);
    const meter = new AnswerStatsMeter({ promptTokens: prompt.length, startedMs, speculation: () => totalOf(guesses) });
    tell('job-event', { type: 'started', job, promptTokens: prompt.length });
    const timeoutMs = request.trial ? TRIAL_WAIT_MS : EPOCH_WAIT_MS;
    if (!request.trial) tools.serve(epoch);
    const acquire = async (end?: AbortSignal) => {
      const ring = await tools.rings.acquire({ epoch, signal: end, timeoutMs });
      if (!request.trial) tools.serve(epoch);
      return ring;
    };
    const how = {
      format,
      maxContext,
      conversationOf(choice: number) {
        const ring = tools.rings.newest;
        const isFirst = choice === 0 && owner !== undefined && ring?.epoch === epoch;
        const conversation =
          conversations.get(choice) ?? ((isFirst && tools.idle.take(owner, ring, prompt)) || new Conversation(acquire));
        conversation.acquireFrom(acquire);
        conversations.set(choice, conversation);
        return conversation;
      },
      jobGrant,
      speculate() {
        const guess = tools.speculate(request.drafter);
        if (guess) guesses.push(guess);
        return guess;
      },
      retry: 'session',
    } as const;
    const { temperature, topK, topP, seed, maxTokens, stop, choices, logprobs, resume, codec } = request;
    const { defaults } = format;
    const sampling = {
      temperature: temperature ?? defaults.temperature,
      topK: topK ?? defaults.topK,
      topP: topP ?? defaults.topP,
      seed,
    };
    await driveChoices({ prompt, sampling, maxTokens, stop, choices, logprobs, resume, codec }, how, {
      signal,
      onPiece: (choice, piece) => tell('job-event', { type: 'delta', job, choice, ...piece }),
      onFinished: (choice, reason) => tell('job-event', { type: 'finished', job, choice, reason }),
      onLap: (report) => meter.add(report, performance.now()),
      onCached(tokens) {
        cachedTokens = tokens;
      },
    });
    const first = conversations.get(0);
    // Only of the ring that serves now: the caches of an older one keep it from being let go.
    if (first && owner !== undefined && first.held && first.held.ring === tools.rings.newest) {
      tools.idle.put(owner, first);
      conversations.delete(0);
    }
    const stats = meter.jobStats(epoch);
    tell('job-event', { type: 'done', job, cachedTokens, stats });
  } catch (cause) {
    const error = PoolError.from(cause);
    if (error.kind === 'disappeared' && !signal.aborted) {
      tools.interrupted.put(job, new Map(conversations));
      conversations.clear();
    }
    tell('job-event', { type: 'failed', job, error: error.toShape() });
  } finally {
    for (const conversation of conversations.values()) conversation.close();
  }
}
