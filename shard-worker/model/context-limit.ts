// How many positions a session of a model may have here. Pure.

/** A tab's memory bounds the KV cache long before a model's 128k positions do: 8k is 0.9 GB for Qwen3-0.6B in fp16. */
const MAX_CONTEXT = 8192;
/** For a config that says nothing. */
const UNKNOWN_CONTEXT = 2048;

/** From a repository's config.json; multimodal configs keep the decoder's part under `text_config`. */
export function contextLimit(config: unknown): number {
  const top = fields(config);
  const text = fields(top.text_config);
  const stated = top.max_position_embeddings ?? text.max_position_embeddings;
  const positions = typeof stated === 'number' && Number.isInteger(stated) && stated > 0 ? stated : UNKNOWN_CONTEXT;
  return Math.min(positions, MAX_CONTEXT);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
