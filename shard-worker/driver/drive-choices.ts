// Drives all choices of one job, side by side, each in a conversation of its own. What one of them fails with ends all.
import type { CodecPolicy } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import type { Notice } from '../words/peer-state.ts';
import { ChoiceWriter, type Piece } from './choice-writer.ts';
import type { Conversation } from './conversation.ts';
import type { Generated, GenerateOptions, LapReport } from './generate-options.ts';
import type { JobGrant } from './job-grant.ts';
import type { PromptFormat } from './prompt-format.ts';
import type { Speculation } from './speculation.ts';

export interface ChoicesJob {
  prompt: readonly number[];
  /** The first choice's; choice i uses seed + i. */
  sampling: Sampling;
  maxTokens: number;
  stop?: readonly string[] | undefined;
  choices: number;
  logprobs?: number | undefined;
  codec?: CodecPolicy | undefined;
  /** Ids per choice that are told already. */
  resume?: readonly (readonly number[])[] | undefined;
}

export interface ChoicesTools {
  format: PromptFormat;
  maxContext: number;
  conversationOf(choice: number): Pick<Conversation, 'generate'>;
  jobGrant: JobGrant | undefined;
  /** A fresh one per choice. */
  speculate(): Speculation | undefined;
  /** The same where the loop runs at the entry. */
  drafter?: GenerateOptions['drafter'];
  onDrafted?: GenerateOptions['onDrafted'];
  witness?: GenerateOptions['witness'];
  resumeEpoch?: GenerateOptions['resumeEpoch'];
  retry: 'route' | 'session';
}

export interface ChoicesHooks {
  /** `epoch`: where its tokens came from; undefined for text that was held back, without a token of its own. */
  onPiece(choice: number, piece: Piece, epoch?: number): void;
  onFinished?(choice: number, reason: Generated['finishReason']): void;
  onLap?(report: LapReport): void;
  onCached?(tokens: number): void;
  onNotice?(notice: Notice | undefined): void;
  onStill?(epoch: number): void;
  signal: AbortSignal;
}

/** Rejects with the first failure, after the other choices have ended. */
export async function driveChoices(job: ChoicesJob, tools: ChoicesTools, hooks: ChoicesHooks): Promise<Generated[]> {
  // A signal of its own: a failed choice ends the others, and that is no cancellation by the caller.
  const failed = new AbortController();
  const signal = AbortSignal.any([hooks.signal, failed.signal]);
  let failure: PoolError | undefined;
  const drive = async (choice: number): Promise<Generated> => {
    try {
      const generated = await driveChoice(choice, job, tools, { ...hooks, signal });
      if (!failure) hooks.onFinished?.(choice, generated.finishReason);
      return generated;
    } catch (cause) {
      failure ??= PoolError.from(cause);
      failed.abort();
      return { ids: [], finishReason: 'cancelled' };
    }
  };
  const all = await Promise.all(Array.from({ length: job.choices }, (_, choice) => drive(choice)));
  if (failure) throw failure;
  return all;
}

async function driveChoice(
  choice: number,
  job: ChoicesJob,
  { format, maxContext, conversationOf, jobGrant, speculate, retry, ...elsewhere }: ChoicesTools,
  hooks: ChoicesHooks,
): Promise<Generated> {
  const writer = new ChoiceWriter({ format, stop: job.stop });
  const told = job.resume?.[choice] ?? [];
  writer.resume(told);
  // The earlier driver vanished between the last token and the word that it was the last.
  if (writer.stopped) return { ids: [...told], finishReason: 'stop' };
  const speculation = speculate();
  try {
    const generated = await conversationOf(choice).generate(job.prompt, {
      sampling: { ...job.sampling, seed: job.sampling.seed + choice },
      jobGrant,
      logprobs: job.logprobs,
      codec: job.codec,
      maxTokens: job.maxTokens,
      maxContext,
      eosIds: format.eosIds,
      resume: told,
      signal: hooks.signal,
      speculation,
      retry,
      ...elsewhere,
      onToken(row, epoch) {
        hooks.onPiece(choice, writer.push(row), epoch);
        return writer.stopped;
      },
      ...(hooks.onLap ? { onLap: hooks.onLap } : {}),
      ...(hooks.onNotice ? { onNotice: hooks.onNotice } : {}),
      ...(hooks.onStill ? { onStill: hooks.onStill } : {}),
      ...(hooks.onCached && choice === 0 ? { onCached: hooks.onCached } : {}),
    });
    const rest = writer.end();
    if (rest.text !== '' || rest.logprobs) hooks.onPiece(choice, rest);
    // The last bytes may complete a stop string.
    return writer.stopped ? { ...generated, finishReason: 'stop' } : generated;
  } finally {
    speculation?.close();
  }
}
