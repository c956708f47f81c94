// Parameters that OpenAI defines and this platform does not do: refused by name, unless they say what is so anyway. Silence
// would be an answer that looks as if they had been heeded. Pure.
import { PoolError } from '../../protocol/errors.ts';

export type Endpoint = '/v1/chat/completions' | '/v1/completions';

type Test = (value: unknown) => boolean;

const anything: Test = () => true;
const nothing: Test = () => false;
const zero: Test = (value) => value === 0;
const off: Test = (value) => value === false;
const empty: Test = (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const word =
  (...words: string[]): Test =>
  (value) =>
    typeof value === 'string' && words.includes(value);

/** Which values change nothing. null never does: to OpenAI's clients it means unset. */
const BOTH: Record<string, Test> = {
  frequency_penalty: zero,
  presence_penalty: zero,
  logit_bias: empty,
};

const CHAT: Record<string, Test> = {
  ...BOTH,
  tools: empty,
  tool_choice: word('none', 'auto'),
  functions: empty,
  function_call: word('none', 'auto'),
  response_format: (value) => typeof value === 'object' && (value as { type?: unknown }).type === 'text',
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
  audio: nothing,
  prediction: nothing,
  moderation: nothing,
  web_search_options: nothing,
  verbosity: word('medium'),
  store: off,
  metadata: anything,
  service_tier: anything,
  parallel_tool_calls: anything,
  prompt_cache_key: anything,
  prompt_cache_options: anything,
  prompt_cache_retention: anything,
  safety_identifier: anything,
};

const COMPLETION: Record<string, Test> = {
  ...BOTH,
  echo: off,
  suffix: word(''),
};

/**
 * Sampler parameters that other engines (vLLM, llama.cpp, text-generation-webui and their kin) add to OpenAI's, and their
 * clients send with whatever they ask. They shape the draw and not what is asked for: an answer without them is still one.
 */
const SAMPLERS = new Set([
  ...['min_p', 'top_a', 'typical_p', 'typical', 'tfs', 'tfs_z', 'epsilon_cutoff', 'eta_cutoff'],
  ...['repetition_penalty', 'repeat_penalty', 'repetition_penalty_range', 'repeat_last_n', 'penalize_nl'],
  ...['encoder_repetition_penalty', 'no_repeat_ngram_size', 'length_penalty', 'penalty_alpha', 'guidance_scale'],
  ...[
    'mirostat',
    'mirostat_mode',
    'mirostat_tau',
    'mirostat_eta',
    'do_sample',
    'temperature_last',
    'dynamic_temperature',
  ],
  ...['dynatemp_range', 'dynatemp_low', 'dynatemp_high', 'dynatemp_exponent', 'smoothing_factor', 'smoothing_curve'],
  ...['dry_multiplier', 'dry_base', 'dry_allowed_length', 'dry_penalty_last_n', 'dry_sequence_breakers'],
  ...['xtc_probability', 'xtc_threshold', 'top_n_sigma', 'sampler_priority', 'samplers'],
]);

/**
 * Throws `unsupported-parameter`, or `bad-request` for a made-up one. Gives the names of those that are ignored.
 *
 * @param known the fields that the endpoint's schema reads.
 */
export function refuseUnsupported(
  endpoint: Endpoint,
  body: Record<string, unknown>,
  known: readonly string[],
): string[] {
  const table = endpoint === '/v1/completions' ? COMPLETION : CHAT;
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (known.includes(name)) continue;
    if (SAMPLERS.has(name)) {
      ignored.push(name);
      continue;
    }
    const param = name.slice(0, 100);
    const isFine = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!isFine) {
      const data = { param, code: 'unknown_parameter' };
      throw new PoolError('bad-request', `Unrecognized request argument supplied: ${param}.`, { data });
    }
    if (value !== null && !isFine(value)) throw unsupported(param);
  }
  return ignored;
}

export function unsupported(param: string, why = 'is not supported with this value'): PoolError {
  return new PoolError('unsupported-parameter', `'${param}' ${why}.`, { data: { param } });
}
