// What the address of /chat asks for. Pure.

import { type ModelWish, readModelWish } from '../state/resolve-model.ts';
import { chatText } from '../text/english/chat.ts';
import { type ChatMode, readChatMode } from './chat-mode.ts';
import { EMPTY_SAMPLING, readSampling, type SamplingField, type SamplingForm } from './sampling-form.ts';

export interface ChatQuery {
  wish: ModelWish;
  /** Asked by itself as soon as a coalition is ready; '' asks nothing. */
  ask: string;
  sampling: SamplingForm;
  mode: ChatMode;
  problems: string[];
}

/** Longest question an address may bring: servers and browsers cut addresses well below this. */
const MAX_ASK_CHARACTERS = 16_000;

const SAMPLING_NAMES: readonly [name: string, field: SamplingField][] = [
  ['temperature', 'temperature'],
  ['topP', 'topP'],
  ['topK', 'topK'],
  ['seed', 'seed'],
  ['max', 'maxTokens'],
];

/** Reads `model, revision, dtype, ask, temperature, topP, topK, seed, max, mode`. */
export function parseChatQuery(query: URLSearchParams): ChatQuery {
  const { wish, problems } = readModelWish(query);
  const sampling = { ...EMPTY_SAMPLING };
  for (const [name, field] of SAMPLING_NAMES) {
    const text = query.get(name) ?? '';
    const { problem } = readSampling(field, text);
    if (problem) problems.push(problem);
    else sampling[field] = text.trim();
  }
  const mode = readChatMode(query.get('mode'));
  if (query.get('mode') && !mode) problems.push(chatText.modes.unknown);
  const ask = (query.get('ask') ?? '').trim().slice(0, MAX_ASK_CHARACTERS);
  return { wish, ask, sampling, mode: mode ?? 'auto', problems };
}
