// The toy behind the scripted job service: a hash for a model. Like the real one a pure function of prompt, parameters and
// seed; for tests only.
import { createHash } from 'node:crypto';
import type { JobRequest, TokenLogprob } from '../../protocol/job.ts';

interface ToyStep {
  id: number;
  /** What the token adds to the text: '' once a stop string began inside it. */
  text: string;
  logprobs: (TokenLogprob & { top: TokenLogprob[] })[] | undefined;
}

export interface ToyChoice {
  steps: ToyStep[];
  reason: 'stop' | 'length';
}

const WORDS = 'time year people way day man thing woman life child world school state family hand part place case'
  .split(' ')
  .map((word) => ` ${word}`);

/** One in so many tokens ends the answer. */
const END_EVERY = 40;

const MAX_TOP = 20;

export const runToyModel = (request: JobRequest): ToyChoice[] =>
  Array.from({ length: request.choices }, (_, choice) => runChoice(request, request.seed + choice));

function runChoice(request: JobRequest, seed: number): ToyChoice {
  const steps: ToyStep[] = [];
  const key = JSON.stringify([request.prompt, request.temperature === 0 ? null : seed]);
  let text = '';
  while (steps.length < request.maxTokens) {
    const draw = drawAt(key, steps.length);
    if (steps.length > 0 && draw.end) return { steps, reason: 'stop' };
    const whole = text + wordOf(draw.id);
    const cut = firstStop(whole, request.stop);
    const shown = cut === undefined ? wordOf(draw.id) : whole.slice(text.length, Math.max(text.length, cut));
    steps.push({ id: draw.id, text: shown, logprobs: logprobsOf(request, draw.id) });
    if (cut !== undefined)
      return { steps: cut < text.length ? takeBack(steps, text.length - cut) : steps, reason: 'stop' };
    text = whole;
  }
  return { steps, reason: 'length' };
}

/** A driver holds back what may become a stop string; here it is taken back before anything is told. */
function takeBack(steps: ToyStep[], chars: number): ToyStep[] {
  let left = chars;
  for (let at = steps.length - 1; left > 0 && at >= 0; at -= 1) {
    const step = steps[at] as ToyStep;
    const taken = Math.min(left, step.text.length);
    steps[at] = { ...step, text: step.text.slice(0, step.text.length - taken) };
    left -= taken;
  }
  return steps;
}

function firstStop(text: string, stops: readonly string[]): number | undefined {
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return found.length === 0 ? undefined : Math.min(...found);
}

function drawAt(key: string, position: number): { id: number; end: boolean } {
  const bytes = createHash('sha256').update(`${key}:${position}`).digest();
  return { id: bytes.readUInt16LE(0) % WORDS.length, end: bytes.readUInt16LE(2) % END_EVERY === 0 };
}

const wordOf = (id: number): string => WORDS[id % WORDS.length] ?? '';

function logprobsOf(request: JobRequest, id: number): ToyStep['logprobs'] {
  if (request.logprobs === undefined) return undefined;
  // The drawn token is the likeliest, its neighbours follow: halves, whose sum stays below 1.
  const top = Array.from({ length: Math.min(request.logprobs, MAX_TOP, WORDS.length) }, (_, rank) => entry(id, rank));
  return [{ ...entry(id, 0), top }];
}

const entry = (id: number, rank: number): TokenLogprob => ({
  id: (id + rank) % WORDS.length,
  token: wordOf(id + rank),
  bytes: [...Buffer.from(wordOf(id + rank))],
  logprob: Math.log(0.5 ** (rank + 1)),
});

export function toyPromptTokens(prompt: JobRequest['prompt']): number {
  if (prompt.kind === 'ids') return prompt.ids.length;
  const text = prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join(' ');
  return Math.max(1, text.split(/\s+/).filter(Boolean).length);
}
