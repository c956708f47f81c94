// The command line's door: the text of --help, and the configuration that the words make. Reads the file that --config
// names, and nothing else.
import { readFileSync } from 'node:fs';
import { collectValues, configPathOf, type Env, readFlags } from './collect-values.ts';
import type { ServerConfig } from './config-types.ts';
import { ENV_PREFIX, OPTIONS } from './option-table.ts';
import { readConfig } from './read-config.ts';

const lines = Object.entries(OPTIONS).map(([name, { hint, help }]) => [`--${name} ${hint}`.trim(), help] as const);
const WIDTH = 2 + Math.max(...lines.map(([flag]) => flag.length));
const line = (flag: string, help: string): string => `  ${flag.padEnd(WIDTH)}${help}`;

export const HELP = `Serves ComputePool: the site, its models, the API, the control socket and the PeerJS broker.

  npm start -- [options]

${lines.map(([flag, help]) => line(flag, help)).join('\n')}
${line('--config <file>', 'a JSON object with these names as keys, e.g. {"port": 3000, "no-site": true}')}
${line('--help', 'this text')}

Each option can be set in the environment too: --max-queue is ${ENV_PREFIX}MAX_QUEUE. A flag wins over the environment,
and the environment over the file.`;

/** `--chain local`, wherever it is said, without anything deployed: then whoever starts the server brings a chain. */
export function wantsOwnChain(args: readonly string[], env: Env): boolean {
  const flags = readFlags(args);
  const path = configPathOf(flags.flags, env);
  try {
    const file = path === undefined ? undefined : { path, text: readFileSync(path, 'utf8') };
    const { found } = collectValues(flags, env, file);
    return found.get('chain')?.text === 'local' && !found.has('deployment');
  } catch {
    // A file that cannot be read is told of where the options are read.
    return false;
  }
}

/** Throws `UsageError`, with a line per mistake. `help` asks for nothing but the text above. */
export const readOptions = (args: readonly string[], env: Env): Promise<ServerConfig | 'help'> =>
  readConfig(args, env, (path) => readFileSync(path, 'utf8'));
