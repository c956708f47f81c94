// The demo's command line as options, or a sentence that says what to type instead. Pure.
import { parseArgs } from 'node:util';
import { type Backend, backendSchema } from '../../protocol/control.ts';
import { dtypeSchema, type ModelRef, modelRefSchema } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { DEFAULT_HUB_URL, DEFAULT_MODEL } from '../../signaling/config/defaults.ts';
import { UsageError } from '../../signaling/config/usage-error.ts';

export interface DemoOptions {
  stages: number;
  prompt: string;
  /** Undefined takes a GPU if there is one, else WASM. */
  backend?: Backend;
  model: ModelRef;
  /** Made-up weights of this size in place of `model`. */
  random?: RandomSize;
  hubUrl: string;
  maxTokens?: number;
  seed?: number;
  temperature?: number;
  /** For each of the two waits: until the coalition is ready, until the answer is complete. */
  timeoutMs: number;
  screenshot: string;
  json: boolean;
  keep: boolean;
  headed: boolean;
}

/** Parameters of models with made-up weights that the demo can write. */
export const RANDOM_SIZES = ['3.6b'] as const;
export type RandomSize = (typeof RANDOM_SIZES)[number];

/** Ignored by git. */
const DEFAULT_SCREENSHOT = '.cache/demo-chat.png';
const DEFAULT_PROMPT = 'What is ComputePool?';
const DEFAULT_STAGES = 3;
const DEFAULT_TIMEOUT_S = 180;
/** Gigabytes on a CPU that three tabs share. */
const RANDOM_TIMEOUT_S = 900;

export const HELP = `Splits one model over browser tabs on this machine, asks it once and shows how the answer was made.

  npm run demo -- [options]

  --stages <number>      tabs that share the model, default ${DEFAULT_STAGES}
  --prompt <text>        default "${DEFAULT_PROMPT}"
  --backend <name>       webgpu or wasm; default: webgpu where there is a GPU, else wasm
  --model <owner/name>   default ${DEFAULT_MODEL.repo}
  --revision <name>      default ${DEFAULT_MODEL.revision}
  --dtype <name>         one of ${dtypeSchema.options.join(', ')}; default ${DEFAULT_MODEL.dtype}
  --random <size>        made-up weights in int4, written once to .cache: 3.6b is 2.3 GB
  --hub <url>            where models come from that this site does not have, default ${DEFAULT_HUB_URL}
  --max-tokens <number>  where the answer ends at the latest
  --seed <number>        the same seed repeats the answer
  --temperature <number> 0 always takes the likeliest token
  --timeout <seconds>    for loading and for answering, each; default ${DEFAULT_TIMEOUT_S},
                         with --random ${RANDOM_TIMEOUT_S}
  --screenshot <file>    picture of the chat page, default ${DEFAULT_SCREENSHOT}
  --json                 the result as one JSON line on standard output; all else goes to standard error
  --headed               show the browser's windows
  --keep                 leave everything running until Ctrl-C
  --help                 this text`;

/** Throws `UsageError`. `help` asks for nothing but the text above. */
export function readDemoOptions(args: readonly string[]): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const prompt = (values.prompt ?? DEFAULT_PROMPT).trim();
  if (prompt === '') throw new UsageError('--prompt is empty: write a question behind it.');
  const backend = backendSchema.safeParse(values.backend ?? 'wasm');
  if (!backend.success) throw new UsageError(`--backend must be webgpu or wasm, not "${values.backend}".`);
  const defaultS = values.random === undefined ? DEFAULT_TIMEOUT_S : RANDOM_TIMEOUT_S;
  return {
    stages: number('--stages', values.stages, 1, MAX_STAGES) ?? DEFAULT_STAGES,
    prompt,
    backend: values.backend === undefined ? undefined : backend.data,
    model: model(values),
    random: random(values.random),
    hubUrl: values.hub ?? DEFAULT_HUB_URL,
    maxTokens: number('--max-tokens', values['max-tokens'], 1, 131_072),
    seed: number('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    temperature: number('--temperature', values.temperature, 0, 5, false),
    timeoutMs: (number('--timeout', values.timeout, 1, 86_400) ?? defaultS) * 1000,
    screenshot: values.screenshot ?? DEFAULT_SCREENSHOT,
    json: values.json ?? false,
    keep: values.keep ?? false,
    headed: values.headed ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ stages: text, prompt: text, backend: text, model: text, revision: text, dtype: text, hub: text, random: text },
    ...{ 'max-tokens': text, seed: text, temperature: text, timeout: text, screenshot: text },
    ...{ json: flag, keep: flag, headed: flag, help: flag },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message} Run with --help for the options.`, { cause });
  }
}

function model(values: { model?: string; revision?: string; dtype?: string }): ModelRef {
  const wish = {
    repo: values.model ?? DEFAULT_MODEL.repo,
    revision: values.revision ?? DEFAULT_MODEL.revision,
    dtype: values.dtype ?? DEFAULT_MODEL.dtype,
  };
  const result = modelRefSchema.safeParse(wish);
  if (result.success) return result.data;
  const [field] = result.error.issues[0]?.path ?? [];
  const expected = {
    repo: '--model must be owner/name, as on the hub',
    revision: '--revision must be a branch, tag or commit',
    dtype: `--dtype must be one of ${dtypeSchema.options.join(', ')}`,
  }[field as keyof ModelRef];
  throw new UsageError(`${expected}, not "${wish[field as keyof ModelRef]}".`);
}

function random(size: string | undefined): RandomSize | undefined {
  const known = RANDOM_SIZES.find((one) => one === size);
  if (size === undefined || known) return known;
  throw new UsageError(`--random must be ${RANDOM_SIZES.join(' or ')}, not "${size}".`);
}

function number(name: string, text: string | undefined, low: number, high: number, whole = true): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${name} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}, not "${text}".`);
}
