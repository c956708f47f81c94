// The settings of a chat as a form holds them, text, and what they mean to a request. Pure.
import type { AskRequest } from '../../shard-worker/index.ts';
import { formatPlain } from '../format/format-count.ts';
import { chatText } from '../text/english/chat.ts';

export const SAMPLING_FIELDS = ['temperature', 'topP', 'topK', 'seed', 'maxTokens'] as const;
export type SamplingField = (typeof SAMPLING_FIELDS)[number];

/** Text of each field; '' leaves it to the model's own defaults. */
export type SamplingForm = Record<SamplingField, string>;

export const EMPTY_SAMPLING: SamplingForm = { temperature: '', topP: '', topK: '', seed: '', maxTokens: '' };

interface Rule {
  min: number;
  max: number;
  integer: boolean;
}

/** Bounds as protocol/sampling.ts has them; a request beyond them would be refused by the first stage. */
export const SAMPLING_RULES: Record<SamplingField, Rule> = {
  temperature: { min: 0, max: 5, integer: false },
  topP: { min: 0.001, max: 1, integer: false },
  topK: { min: 0, max: 1_000_000, integer: true },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
  maxTokens: { min: 1, max: 131_072, integer: true },
};

/** The number in a field, undefined when empty, or the sentence that says what is wrong. */
export function readSampling(field: SamplingField, text: string): { value?: number; problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const { min, max, integer } = SAMPLING_RULES[field];
  const { [field]: words, outside, notWhole } = chatText.settings;
  // Half of the world writes 0,5.
  const value = Number(trimmed.replace(',', '.'));
  if (!Number.isFinite(value) || value < min || value > max) {
    return { problem: outside(words.label, formatPlain(min), formatPlain(max)) };
  }
  if (integer && !Number.isInteger(value)) return { problem: notWhole(words.label) };
  return { value };
}

/** Fields of a request from the form. Fields that do not parse are left out; the form shows them as wrong. */
export function samplingRequest(form: SamplingForm): Omit<AskRequest, 'messages'> {
  const request: Omit<AskRequest, 'messages'> = {};
  for (const field of SAMPLING_FIELDS) {
    const { value } = readSampling(field, form[field]);
    if (value !== undefined) request[field] = value;
  }
  return request;
}
