// What a session of an order may compute at most. Pure.
import type { ModelManifest } from '../../protocol/manifest.ts';

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
