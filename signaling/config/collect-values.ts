// Gathers each option's text from the command line, the environment and a file, the first that has it, and says where it
// came from. Finds names that no option has. Pure: the file's text is given.
import { parseArgs } from 'node:util';
import { ENV_PREFIX, envNamesOf, namesOf, OPTIONS, type Option, type OptionName } from './option-table.ts';

export interface FoundText {
  text: string;
  /** As its author would call it: `--port`, `COMPUTEPOOL_PORT`, `"port" in pool.json`. */
  source: string;
}

export interface Collected {
  found: Map<OptionName, FoundText>;
  /** One sentence per name or form that does not fit. */
  mistakes: string[];
  wantsHelp: boolean;
}

export type Env = Record<string, string | undefined>;

/** In the file they are lists, on the command line text with commas. */
const LISTS: ReadonlySet<OptionName> = new Set(['cors-origins', 'embed-origins', 'allowed-hosts']);
const NAMES = Object.keys(OPTIONS) as OptionName[];
/** Names the file itself, so it has a place on the command line and in the environment only. */
const CONFIG_ENV = `${ENV_PREFIX}CONFIG`;
const MAX_NAMES_SHOWN_CHARS = 60;

type Flags = Record<string, string | boolean | undefined>;

/** What `args` say; a mistake of form ends the reading of them with one sentence. */
export function readFlags(args: readonly string[]): { flags: Flags; mistakes: string[] } {
  const typed = NAMES.flatMap((name) =>
    namesOf(name).map((flag) => [flag, { type: OPTIONS[name].hint === '' ? 'boolean' : 'string' }] as const),
  );
  const options = { ...Object.fromEntries(typed), config: { type: 'string' }, help: { type: 'boolean' } } as const;
  try {
    return { flags: parseArgs({ args: [...args], options, strict: true }).values as Flags, mistakes: [] };
  } catch (cause) {
    return {
      flags: {},
      mistakes: [`${endSentence((cause as Error).message.replaceAll('\n', ' '))} Run with --help for the options.`],
    };
  }
}

/** The path of the file, if one is named. */
export const configPathOf = (flags: Flags, env: Env): string | undefined =>
  (flags.config as string | undefined) ?? (env[CONFIG_ENV] || undefined);

export function collectValues(
  { flags, mistakes: flagMistakes }: ReturnType<typeof readFlags>,
  env: Env,
  file: { path: string; text: string } | undefined,
): Collected {
  const mistakes = [...flagMistakes];
  const inFile = file ? readFile(file.path, file.text, mistakes) : new Map<OptionName, FoundText>();
  const known = new Set([...NAMES.flatMap(envNamesOf), CONFIG_ENV]);
  for (const name of Object.keys(env)
    .filter((one) => one.startsWith(ENV_PREFIX) && !known.has(one) && env[one])
    .sort()) {
    mistakes.push(`${shorten(name)} is set, but there is no such option. Run with --help for the options.`);
  }
  const found = new Map<OptionName, FoundText>();
  for (const name of NAMES) {
    const one = fromFlags(flags, name) ?? fromEnv(env, name) ?? inFile.get(name);
    if (one) found.set(name, one);
  }
  return { found, mistakes, wantsHelp: flags.help === true };
}

function fromFlags(flags: Flags, name: OptionName): FoundText | undefined {
  const flag = namesOf(name).find((one) => flags[one] !== undefined);
  return flag === undefined ? undefined : { text: String(flags[flag]), source: `--${flag}` };
}

/** An empty variable is as good as none: that is how many tools unset one. */
function fromEnv(env: Env, name: OptionName): FoundText | undefined {
  const variable = envNamesOf(name).find((one) => env[one]);
  if (variable === undefined) return undefined;
  const { env: alias } = OPTIONS[name] as Option<unknown>;
  return { text: env[variable] ?? '', source: alias ? `--${name} (or ${alias})` : variable };
}

/** A JSON object with the flags' names as keys. Lists and objects become the text that the flag would have. */
function readFile(path: string, text: string, mistakes: string[]): Map<OptionName, FoundText> {
  const found = new Map<OptionName, FoundText>();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    mistakes.push(`${path} is not JSON.`);
    return found;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    mistakes.push(`${path} must hold a JSON object such as {"port": 3000}.`);
    return found;
  }
  for (const [key, one] of Object.entries(value)) {
    const name = NAMES.find((each) => namesOf(each).includes(key));
    if (name === undefined) {
      mistakes.push(`"${shorten(key)}" in ${path} is no option. Run with --help for the options.`);
      continue;
    }
    const isList = LISTS.has(name) && Array.isArray(one);
    const asText = isList ? one.join(',') : typeof one === 'object' ? JSON.stringify(one) : String(one);
    // The name of today wins over one that it had before, as on the command line.
    if (found.has(name) && key !== name) continue;
    found.set(name, { text: asText, source: `"${key}" in ${path}` });
  }
  return found;
}

const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const shorten = (name: string): string =>
  name.length > MAX_NAMES_SHOWN_CHARS ? `${name.slice(0, MAX_NAMES_SHOWN_CHARS)}…` : name;
