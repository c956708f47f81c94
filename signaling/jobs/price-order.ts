// What an order may cost at most, before anybody has counted its tokens. Pure.
import type { ModelManifest } from '../../protocol/manifest.ts';

/**
 * Tokens that a chat template puts around one message, and once around all: roles, markers, a default system prompt.
 * Templates in use take 4 to 8 and up to about 60; a job that needs more is refused by the stages, not overcharged.
 */
const TEMPLATE_TOKENS_PER_MESSAGE = 16;
const TEMPLATE_TOKENS = 128;

/** Most prompt tokens of a text of so many UTF-8 bytes: a token is at least one byte, but for those of the template. */
export const promptBound = (promptBytes: number, messages: number): number =>
  promptBytes + TEMPLATE_TOKENS + messages * TEMPLATE_TOKENS_PER_MESSAGE;

/** Bytes of a usual token of usual text: what a tokenizer of 30,000 pieces or more comes to, a little less for safety. */
const BYTES_PER_TOKEN = 3.5;

/** How long such a prompt will likely be, for the planner: the bound above would make every answer look slow. */
export const promptEstimate = (promptBytes: number, messages: number): number =>
  Math.ceil(promptBytes / BYTES_PER_TOKEN) + 8 * messages;

/** The positions that a session may compute, and how many of its tokens can be prompt and completion. */
export function positionBounds(
  manifest: ModelManifest,
  promptTokens: number,
  maxTokens: number,
): { maxPosition: number; promptTokens: number; completionTokens: number } {
  const maxPosition = Math.min(manifest.maxContext, promptTokens + maxTokens);
  return {
    maxPosition,
    promptTokens: Math.min(promptTokens, manifest.maxContext),
    completionTokens: Math.min(maxTokens, manifest.maxContext),
  };
}
