// The one configuration of the server out of flags, environment and file. Says every mistake at once. Pure but for the
// file that it is given a reader for.
import { collectValues, configPathOf, type Env, type FoundText, readFlags } from './collect-values.ts';
import type { MetricsAccess, ServerConfig } from './config-types.ts';
import { OPTIONS, type Option, type OptionName, type OptionValues } from './option-table.ts';
import { Misfit } from './parse-value.ts';
import { UsageError } from './usage-error.ts';

const MAX_SHOWN_CHARS = 200;

/**
 * `help` asks for nothing but the text.
 *
 * @param readText gives the text of the file that `--config` names.
 * @throws UsageError with one line per mistake.
 * @example
 * await readConfig(['--port', '0'], process.env, (path) => readFileSync(path, 'utf8'));
 */
export async function readConfig(
  args: readonly string[],
  env: Env,
  readText: (path: string) => string = noFile,
): Promise<ServerConfig | 'help'> {
  const flags = readFlags(args);
  if (flags.flags.help) return 'help';
  const { found, mistakes } = collectValues(flags, env, readFile(configPathOf(flags.flags, env), readText));
  const values = await parseAll(found, mistakes);
  if (values.metrics === 'token' && !values['metrics-token'] && !found.has('metrics-token')) {
    mistakes.push('--metrics token needs --metrics-token (or COMPUTEPOOL_METRICS_TOKEN).');
  }
  if (found.has('seal-key') && found.has('seal-key-file')) {
    mistakes.push('--seal-key and --seal-key-file are both set: keep one.');
  }
  if (values.restore && values['database-url']) {
    mistakes.push('--restore fills a data directory; into PostgreSQL a dump is brought back with pg_restore.');
  }
  if (values.chain && !(values.deployment && values['chain-key-file'])) {
    mistakes.push('--chain needs --deployment and --chain-key-file; npm start -- --chain local makes its own.');
  }
  if (values.tls && values['trusted-proxies']) {
    mistakes.push('--tls and --trusted-proxies are both set: behind a proxy it is the proxy that has the certificate.');
  }
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'));
  const config = toConfig(values);
  // Whoever wants https wants it for other devices.
  return values.tls && !found.has('host') ? { ...config, host: EVERY_ADDRESS } : config;
}

const EVERY_ADDRESS = '0.0.0.0';

function readFile(path: string | undefined, readText: (path: string) => string) {
  if (path === undefined) return undefined;
  try {
    return { path, text: readText(path) };
  } catch (cause) {
    throw new UsageError(`The configuration ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

const noFile = (): string => {
  throw new Error('no files are read here.');
};

async function parseAll(found: Map<OptionName, FoundText>, mistakes: string[]): Promise<OptionValues> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const option = OPTIONS[name] as Option<unknown>;
    const one = found.get(name);
    if (one === undefined) {
      if (option.initial !== undefined) values[name] = option.initial;
      continue;
    }
    const { text, source } = one;
    try {
      values[name] = await option.parse(text);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      const shown = option.isSecret ? '' : `, not "${withoutPasswords(text).slice(0, MAX_SHOWN_CHARS)}"`;
      mistakes.push(`${source} must be ${error.message}${shown}.`);
    }
  }
  return values;
}

/** Whatever stands between `//` and the last `@`: a password may have either in it. */
const withoutPasswords = (text: string): string => text.replace(/\/\/\S*@/, '//***@');

/** Every option with a default is there once nothing was mistaken. */
function toConfig(found: OptionValues): ServerConfig {
  const values = found as Required<OptionValues>;
  const config: ServerConfig = {
    port: values.port,
    host: values.host,
    model: { repo: values.model, revision: values.revision, dtype: values.dtype },
    hubUrl: values.hub,
    modelsDir: values.models,
    iceServers: values['ice-servers'],
    database: found['database-url'] ? { url: found['database-url'] } : { dataDir: values['data-dir'] },
    wait: values.wait,
    welcomeMicros: values['welcome-credits'],
    welcomesPerAddressPerDay: values['welcomes-per-address-per-day'],
    maxQueue: values['max-queue'],
    codec: values.codec,
    maxQueuePerAccount: values['max-queue-per-account'],
    corsOrigins: values['cors-origins'],
    embedOrigins: values['embed-origins'],
    allowedHosts: values['allowed-hosts'],
    ratePerMinute: values['rate-per-minute'],
    logLevel: values['log-level'],
    metrics: metricsAccess(values),
    trustedProxies: values['trusted-proxies'],
    allowLocalWebhooks: values['allow-local-webhooks'],
    prices: values.prices,
    marketPricePico: values['market-price'],
  };
  if (!values['no-site']) config.siteDir = values.site;
  const sealKey = {
    ...{ key: found['seal-key'], file: found['seal-key-file'] },
    ...{ oldKey: found['old-seal-key'], oldFile: found['old-seal-key-file'] },
  };
  if (Object.values(sealKey).some(Boolean)) config.sealKey = sealKey;
  if (found.chain && found.deployment && found['chain-key-file']) {
    const files = {
      deploymentFile: found.deployment,
      keyFile: found['chain-key-file'],
      takesOver: values['take-over'],
    };
    config.chain = { key: found.chain, ...(found['chain-url'] ? { url: found['chain-url'] } : {}), ...files };
  }
  if (values.tls) config.tls = { dataDir: values['data-dir'] };
  if (found.stages !== undefined) config.stages = found.stages;
  if (values['new-owner-token']) config.newOwnerToken = true;
  if (found.restore !== undefined) config.restoreFile = found.restore;
  if (found['public-url'] !== undefined) config.publicUrl = found['public-url'];
  return config;
}

function metricsAccess(values: Required<OptionValues>): MetricsAccess {
  return values.metrics === 'token'
    ? { kind: 'token', token: values['metrics-token'] }
    : { kind: values.metrics as 'loopback' | 'off' };
}
