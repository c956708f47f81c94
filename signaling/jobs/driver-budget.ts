// How much a driver may say of a job: so many events and so many bytes as what was asked for can need. Pure.
import type { JobEvent, JobRequest } from '../../protocol/job.ts';

/** Events of a token: its own, and one for text that was held back. */
const EVENTS_PER_TOKEN = 2;
/** A choice has its end and what is left at it; a job has its start, by each driver that tries. */
const EVENTS_PER_CHOICE = 16;
/** Longest text of a token that the protocol lets through, in UTF-8; and what JSON puts around it. */
const BYTES_PER_TOKEN = 1_700;
/**
 * JSON of one alternative, on average: its id, text, bytes and probability take about 100. Parsed it takes up to four times as
 * much memory, and an answer that is not streamed is kept whole.
 */
const BYTES_PER_ALTERNATIVE = 200;

export interface SpeechBudget {
  events: number;
  bytes: number;
}

export function speechBudget({
  maxTokens,
  choices,
  logprobs,
}: Pick<JobRequest, 'maxTokens' | 'choices' | 'logprobs'>): SpeechBudget {
  const alternatives = logprobs === undefined ? 0 : 1 + logprobs;
  const perToken = BYTES_PER_TOKEN + alternatives * BYTES_PER_ALTERNATIVE;
  return {
    events: choices * (maxTokens * EVENTS_PER_TOKEN + EVENTS_PER_CHOICE),
    bytes: choices * (maxTokens + EVENTS_PER_CHOICE) * perToken,
  };
}

/**
 * UTF-8 bytes of text that so many tokens can have: without this an entry could tell a whole answer beside one token, and nobody
 * would be paid for it. The longest tokens of common vocabularies have some 200 bytes; of many tokens each has far less.
 */
export const mostTextBytes = (tokens: number): number => (tokens === 0 ? 0 : 512 + 100 * tokens);

/** False when it is spent. */
export function spendOn(budget: SpeechBudget, event: JobEvent): boolean {
  budget.events -= 1;
  if (event.type === 'delta') {
    budget.bytes -= Buffer.byteLength(event.text);
    if (event.logprobs) budget.bytes -= JSON.stringify(event.logprobs).length;
  }
  return budget.events >= 0 && budget.bytes >= 0;
}
