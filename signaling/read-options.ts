// The command line as options, or a sentence that says what to type instead. Pure.
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { dtypeSchema, repoSchema, revisionSchema } from '../protocol/ids.ts';
import { MAX_STAGES } from '../protocol/limits.ts';
import { DEFAULT_HUB_URL, DEFAULT_MODEL, type ServerOptions } from './start-server.ts';

export const HELP = `Serves ComputePool: the site, its models, the API, the control socket and the PeerJS broker.

  node --import tsx signaling/main.ts [options]

  --port <number>        default 3000; 0 takes a free one
  --host <address>       default 127.0.0.1; 0.0.0.0 opens it to the network
  --model <owner/name>   the pool that pages show first, default ${DEFAULT_MODEL.repo}
  --revision <name>      default ${DEFAULT_MODEL.revision}
  --dtype <name>         one of ${dtypeSchema.options.join(', ')}; default ${DEFAULT_MODEL.dtype}
  --hub <url>            where other models come from, default ${DEFAULT_HUB_URL}
  --stages <number>      wait for so many tabs, then split over them; default: whoever is there
  --ice-servers <json>   RTCIceServer list, e.g. '[{"urls":"stun:stun.example.org"}]'; or set ICE_SERVERS
  --site <folder>        the built site, default out
  --models <folder>      models that the site serves itself, default public/models
  --no-site              serve everything but the pages
  --help                 this text`;

const iceServersSchema = z
  .array(
    z.object({
      urls: z.union([z.string(), z.array(z.string())]),
      username: z.optional(z.string()),
      credential: z.optional(z.string()),
    }),
  )
  .check(z.maxLength(20));

/** A mistake on the command line, in words for whoever typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws `UsageError`. `help` asks for nothing but the text above. */
export function readOptions(args: readonly string[], env: Record<string, string | undefined>): ServerOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const options: ServerOptions = {
    port: number('--port', values.port ?? '3000', 0, 65_535),
    host: values.host ?? '127.0.0.1',
    model: {
      repo: requireFit('--model', values.model ?? DEFAULT_MODEL.repo, repoSchema, 'owner/name, as on the hub'),
      revision: requireFit(
        '--revision',
        values.revision ?? DEFAULT_MODEL.revision,
        revisionSchema,
        'a branch, tag or commit',
      ),
      dtype: requireFit(
        '--dtype',
        values.dtype ?? DEFAULT_MODEL.dtype,
        dtypeSchema,
        `one of ${dtypeSchema.options.join(', ')}`,
      ),
    },
    hubUrl: hubUrl(values.hub ?? DEFAULT_HUB_URL),
    modelsDir: values.models ?? 'public/models',
    iceServers: iceServers(values['ice-servers'] ?? env.ICE_SERVERS ?? '[]'),
  };
  if (!values['no-site']) options.siteDir = values.site ?? 'out';
  if (values.stages !== undefined) options.stages = number('--stages', values.stages, 1, MAX_STAGES);
  return options;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    ...{ port: text, host: text, model: text, revision: text, dtype: text, hub: text, stages: text },
    ...{ 'ice-servers': text, site: text, models: text },
    'no-site': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message} Run with --help for the options.`, { cause });
  }
}

function number(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new UsageError(`${name} must be a whole number from ${low} to ${high}, not "${text}".`);
}

function requireFit<T>(
  name: string,
  text: string,
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  expected: string,
): T {
  const result = schema.safeParse(text);
  if (result.success) return result.data as T;
  throw new UsageError(`${name} must be ${expected}, not "${text}".`);
}

function hubUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:' || /^\/(?!\/)/.test(text))
    return text.replace(/\/+$/, '');
  throw new UsageError(`--hub must be an http(s) address or a path of this site, not "${text}".`);
}

function iceServers(text: string): z.infer<typeof iceServersSchema> {
  try {
    return iceServersSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UsageError('--ice-servers (or ICE_SERVERS) must be a JSON list of {urls, username?, credential?}.', {
      cause,
    });
  }
}
