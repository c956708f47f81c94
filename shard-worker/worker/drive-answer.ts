// One answer for the person in this tab: from messages to text, statistics and a signed note of what was delivered. Tells the
// page as it goes.
import { MAX_DELIVERIES, type SignedDelivery, signDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { AnswerStatsMeter } from '../driver/answer-stats.ts';
import { ChoiceWriter } from '../driver/choice-writer.ts';
import type { Conversation } from '../driver/conversation.ts';
import { driveChoices } from '../driver/drive-choices.ts';
import type { Generated } from '../driver/generate-options.ts';
import type { JobGrant } from '../driver/job-grant.ts';
import type { PromptFormat } from '../driver/prompt-format.ts';
import type { Speculation, SpeculationCounts } from '../driver/speculation.ts';
import { totalOf } from '../driver/speculation.ts';
import { DEFAULT_MAX_TOKENS } from '../words/default-max-tokens.ts';
import type { AskRequest } from '../words/peer-state.ts';
import type { DriverTools } from './driver-tools.ts';
import type { Driven, DriveRequest } from './worker-api.ts';

const STATS_EVERY_MS = 250;
/** What a page that closes loses is told again by the entry, as far as it keeps it: 256 tokens. */
const KEEP_EVERY_MS = 500;

/** `session`: what the entry knows it by, where its loop runs there. */
type Driving = Pick<Conversation, 'generate'> & { readonly session?: SessionId };

/** Rejects only for what is known before the first lap and not this answer's: a driver that was not started. */
export async function driveAnswer(
  tools: DriverTools,
  { id, request, prompt, plan, grant, goesOn }: DriveRequest,
  conversation: Driving,
  signal: AbortSignal,
): Promise<Driven> {
  const { format, maxContext } = await tools.format();
  const { tell, identity } = tools.options;
  const startedMs = performance.now();
  const guesses: Speculation[] = [];
  /** Where the loop runs elsewhere. */
  let drafted: SpeculationCounts | undefined;
  let meter: AnswerStatsMeter | undefined;
  let jobGrant: JobGrant | undefined;
  let promptTokens = 0;
  let cachedTokens = 0;
  let completionTokens = 0;
  const delivered = [...(goesOn?.delivered ?? [])];
  let text = '';
  let toldMs = 0;
  let keptMs = Number.NEGATIVE_INFINITY;
  let answer: Driven['answer'];
  let error: PoolError | undefined;
  const { resume = [] } = request;
  const received = [...resume];
  /** What of those an earlier job had delivered: its prompt now. */
  const resumed = goesOn ? goesOn.resumed : resume.length;
  try {
    promptTokens = prompt.length + resumed;
    // Paid for when it was delivered.
    cachedTokens = goesOn ? goesOn.cachedTokens : resumed > 0 ? promptTokens : 0;
    completionTokens = resume.length - resumed;
    const written = new ChoiceWriter({ format, stop: request.stop });
    text = resume.map((tokenId) => written.push({ id: tokenId }).text).join('');
    if (grant !== undefined) jobGrant = await tools.grantOf(grant);
    const meterNow = new AnswerStatsMeter({ promptTokens, startedMs, speculation: () => drafted ?? totalOf(guesses) });
    meter = meterNow;
    const job = {
      prompt,
      sampling: samplingOf(request, format),
      maxTokens: request.maxTokens ?? DEFAULT_MAX_TOKENS,
      stop: request.stop,
      choices: 1,
      codec: plan.codec,
      resume: [resume],
    };
    const speculate = () => {
      const guess = plan.local ? tools.speculate(plan.drafter) : undefined;
      if (guess) guesses.push(guess);
      return guess;
    };
    const how = {
      format,
      maxContext,
      conversationOf: () => conversation,
      jobGrant,
      speculate,
      drafter: plan.drafter,
      onDrafted(counts: SpeculationCounts) {
        drafted = counts;
      },
      retry: 'route',
      resumeEpoch: goesOn?.delivered[0]?.epoch,
      ...(jobGrant ? { witness: () => noteOf(jobGrant!) } : {}),
    } as const;
    const [generated] = await driveChoices(job, how, {
      signal,
      onPiece(_choice, piece, epoch) {
        completionTokens += piece.ids.length;
        received.push(...piece.ids);
        if (epoch !== undefined) addDelivered(delivered, epoch, piece.ids.length);
        text += piece.text;
        if (piece.text !== '') tell('text', { id, delta: piece.text });
        keep();
      },
      onLap(report) {
        const now = performance.now();
        meterNow.add(report, now);
        if (now - toldMs < STATS_EVERY_MS) return;
        toldMs = now;
        tell('stats', { id, stats: meterNow.stats() });
      },
      onCached(tokens) {
        if (resume.length === 0 && !goesOn) cachedTokens = tokens;
      },
      onNotice: (notice) => tell('notice', { id, notice }),
      onStill: (epoch) => tell('still', { epoch }),
    });
    answer = answerOf(generated!, text, meterNow);
    tell('stats', { id, stats: answer.stats });
  } catch (cause) {
    error = PoolError.from(cause);
  }
  const delivery = jobGrant && (await noteOf(jobGrant));
  return {
    ...(answer ? { answer } : {}),
    ...(error ? { error: error.toShape(), cut: received } : {}),
    ...(meter?.hasLaps ? { stats: meter.jobStats(0) } : {}),
    promptTokens,
    cachedTokens,
    completionTokens,
    ...(delivery ? { delivery } : {}),
  };

  function keep(): void {
    const now = performance.now();
    if (now - keptMs < KEEP_EVERY_MS || !conversation.session) return;
    keptMs = now;
    const { session } = conversation;
    tell('unfinished', {
      id,
      session,
      tokenIds: [...received],
      text,
      resumed,
      cachedTokens,
      delivered: structuredClone(delivered),
    });
  }

  function noteOf({ claims }: JobGrant): Promise<SignedDelivery> {
    const { server, job, nonce, pool, driver } = claims;
    const note = {
      server,
      job,
      nonce,
      pool,
      peer: driver,
      promptTokens,
      cachedTokens,
      delivered: structuredClone(delivered),
    };
    return signDelivery(identity(), note);
  }
}

/** Beyond as many epochs as a note has room for the last one is said to have given the rest. */
function addDelivered(delivered: { epoch: number; tokens: number }[], epoch: number, tokens: number): void {
  const last = delivered.at(-1);
  if (last && (last.epoch === epoch || delivered.length >= MAX_DELIVERIES)) last.tokens += tokens;
  else delivered.push({ epoch, tokens });
}

const answerOf = (generated: Generated, text: string, meter: AnswerStatsMeter): NonNullable<Driven['answer']> => ({
  text,
  tokenIds: generated.ids,
  finishReason: generated.finishReason,
  stats: meter.stats(generated.ids.length),
});

function samplingOf(request: AskRequest, { defaults }: PromptFormat): Sampling {
  return {
    temperature: request.temperature ?? defaults.temperature,
    topK: request.topK ?? defaults.topK,
    topP: request.topP ?? defaults.topP,
    seed: request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
  };
}
