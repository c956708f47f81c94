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
  reasoning_effort: word('none'),
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

/** `known`: the fields that the endpoint's schema reads. Throws `unsupported-parameter`, or `bad-request` for a made-up one. */
export function refuseUnsupported(endpoint: Endpoint, body: Record<string, unknown>, known: readonly string[]): void {
  const table = endpoint === '/v1/completions' ? COMPLETION : CHAT;
  for (const [name, value] of Object.entries(body)) {
    if (known.includes(name)) continue;
    const param = name.slice(0, 100);
    const isFine = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!isFine) {
      const data = { param, code: 'unknown_parameter' };
      throw new PoolError('bad-request', `Unrecognized request argument supplied: ${param}.`, { data });
    }
    if (value !== null && !isFine(value)) throw unsupported(param);
  }
}

export function unsupported(param: string, why = 'is not supported with this value'): PoolError {
  return new PoolError('unsupported-parameter', `'${param}' ${why}.`, { data: { param } });
}
