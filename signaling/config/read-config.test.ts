import { describe, expect, it } from 'vitest';
import type { ServerConfig } from './config-types.ts';
import { describeConfig, maskUrl } from './describe-config.ts';
import { envNamesOf, OPTIONS, type OptionName } from './option-table.ts';
import { readConfig } from './read-config.ts';
import { UsageError } from './usage-error.ts';

const file = (value: unknown) => () => (typeof value === 'string' ? value : JSON.stringify(value));
const read = async (args: string[], env: Record<string, string> = {}, text?: unknown): Promise<ServerConfig> => {
  const config = await readConfig(text === undefined ? args : [...args, '--config', 'pool.json'], env, file(text));
  if (config === 'help') throw new Error('help was not asked for');
  return config;
};
const mistakesOf = async (...parameters: Parameters<typeof read>): Promise<string[]> => {
  try {
    await read(...parameters);
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
};

it('--tls opens the server to its network unless a host is named, and is nothing behind a proxy', async () => {
  const own = { host: '0.0.0.0', tls: { dataDir: '.data' } };
  expect(await read(['--tls'])).toMatchObject(own);
  expect(await read(['--tls', '--data-dir', 'x', '--host', '127.0.0.1'])).toMatchObject({
    ...{ host: '127.0.0.1', tls: { dataDir: 'x' } },
  });
  const plain = await read([]);
  expect([plain.host, plain.tls]).toEqual(['127.0.0.1', undefined]);
  expect(await mistakesOf(['--tls', '--trusted-proxies', '1'])).toEqual([expect.stringContaining('the proxy')]);
});

describe('sources', () => {
  it('flags win over the environment, the environment over the file, the file over the default', async () => {
    const env = { COMPUTEPOOL_PORT: '2', COMPUTEPOOL_MAX_QUEUE: '20' };
    const text = { port: 3, 'max-queue': 30, grant: 0.5 };
    expect(await read(['--port', '1'], env, text)).toMatchObject({ port: 1, maxQueue: 20, welcomeMicros: 500_000 });
    expect((await read([], env, text)).port).toBe(2);
    expect(await read([], {}, text)).toMatchObject({ port: 3, maxQueue: 30, maxQueuePerAccount: 8 });
  });

  it('an empty variable is none', async () => {
    expect(await read([], { COMPUTEPOOL_PORT: '', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      database: { dataDir: '.data' },
    });
  });

  it('the environment names the file too', async () => {
    expect(await readConfig([], { COMPUTEPOOL_CONFIG: 'x.json' }, file({ port: 5 }))).toMatchObject({ port: 5 });
  });

  it('a file holds numbers, lists and objects as JSON has them', async () => {
    const price = { promptMicros: 1, completionMicros: 2 };
    expect(
      await read(
        [],
        {},
        {
          'cors-origins': ['https://a.example', 'https://b.example'],
          'embed-origins': ['https://c.example'],
          'allowed-hosts': ['a.example', 'b.example'],
          'ice-servers': [{ urls: 'stun:s.example' }],
          prices: { 'a/b': price },
          'no-site': true,
          'allow-local-webhooks': false,
        },
      ),
    ).toMatchObject({
      corsOrigins: ['https://a.example', 'https://b.example'],
      embedOrigins: ['https://c.example'],
      allowedHosts: ['a.example', 'b.example'],
      iceServers: [{ urls: 'stun:s.example' }],
      prices: { 'a/b': price },
      allowLocalWebhooks: false,
    });
  });
});

describe('mistakes', () => {
  it('are told all at once, each with its source', async () => {
    const env = { COMPUTEPOOL_MAX_QUEUE: 'many', COMPUTEPOOL_PROT: '1', OTHER: 'x' };
    expect(await mistakesOf(['--port', 'x', '--stages', '0'], env, { grant: -1, bogus: 1 })).toEqual([
      '"bogus" in pool.json is no option. Run with --help for the options.',
      'COMPUTEPOOL_PROT is set, but there is no such option. Run with --help for the options.',
      '--port must be a whole number from 0 to 65535, not "x".',
      '--stages must be a whole number from 1 to 64, not "0".',
      '"grant" in pool.json must be a number of credits from 0 to 999999999, with at most 6 decimal places, not "-1".',
      'COMPUTEPOOL_MAX_QUEUE must be a whole number from 0 to 100000, not "many".',
    ]);
  });

  it.each(['{', '[]', 'null', '3'])('a file that holds %s', async (text) => {
    expect((await mistakesOf([], {}, text))[0]).toMatch(/^pool\.json (is not JSON|must hold)/);
  });

  it.each([
    ['welcome-credits', '1e3'],
    ['welcome-credits', '0.0000001'],
    ['welcomes-per-address-per-day', '-1'],
    ['cors-origins', 'app.example'],
    ['cors-origins', 'https://app.example/path'],
    ['cors-origins', 'null'],
    ['embed-origins', 'app.example'],
    ['rate-per-minute', '0'],
    ['log-level', 'loud'],
    ['public-url', 'ftp://x'],
    ['public-url', 'https://x.example/?q=1'],
    ['trusted-proxies', '11'],
    ['metrics', 'everyone'],
    ['prices', '{"x":{"promptMicros":1,"completionMicros":1}}'],
    ['prices', '{"a/b":{"promptMicros":0.5,"completionMicros":1}}'],
    ['prices', '{"a/b":{"promptMicros":1}}'],
    ['data-dir', ' '],
    ['host', ''],
  ])('--%s %s', async (name, text) => {
    const found = await mistakesOf([`--${name}=${text}`]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`--${name} must be `);
    expect(found[0]).toContain(`not "${text}"`);
  });

  it.each([
    ['database-url', 'mysql://root:hunter2@db/x'],
    ['database-url', 'postgres://db:hunter2@db'],
    ['metrics-token', 'hunter2'],
    ['seal-key', 'hunter2'],
    ['old-seal-key', `${'A'.repeat(37)}hunter2`],
    ['ice-servers', '[{"credential":"hunter2"}]'],
  ])('--%s never quotes what was set', async (name, text) => {
    const [found, ...others] = await mistakesOf([`--${name}`, text]);
    expect(others).toEqual([]);
    expect(found).toMatch(new RegExp(`^--${name} must be `));
    expect(found).not.toContain('hunter2');
  });

  it('a token that is asked for must be there', async () => {
    expect(await mistakesOf(['--metrics', 'token'])).toEqual([
      '--metrics token needs --metrics-token (or COMPUTEPOOL_METRICS_TOKEN).',
    ]);
  });
});

describe('values', () => {
  it('take the form that the server works with', async () => {
    const token = 'a-token-of-some-length';
    const args = ['--welcome-credits', '0.1', '--cors-origins', 'https://a.example, http://b.example:8080'];
    const env = { DATABASE_URL: 'postgres://u:p@db/pool', COMPUTEPOOL_METRICS_TOKEN: token };
    expect(await read([...args, '--metrics', 'token', '--public-url', 'https://pool.example/'], env)).toMatchObject({
      welcomeMicros: 100_000,
      corsOrigins: ['https://a.example', 'http://b.example:8080'],
      database: { url: 'postgres://u:p@db/pool' },
      metrics: { kind: 'token', token },
      publicUrl: 'https://pool.example',
    });
    expect((await read(['--cors-origins', ''])).corsOrigins).toEqual([]);
  });

  it.each<[string[], Record<string, string>, object?]>([
    [['--grant', '2', '--grants-per-address-per-day', '3'], {}],
    [[], { COMPUTEPOOL_GRANT: '2', COMPUTEPOOL_GRANTS_PER_ADDRESS_PER_DAY: '3' }],
    [[], {}, { grant: 2, 'grants-per-address-per-day': 3 }],
    [['--grant', '9', '--welcome-credits', '2'], { COMPUTEPOOL_WELCOMES_PER_ADDRESS_PER_DAY: '3' }],
  ])('are read under the names that welcome credits had: %j %j', async (args, env, file) => {
    expect(await read(args, env, file)).toMatchObject({ welcomeMicros: 2_000_000, welcomesPerAddressPerDay: 3 });
  });

  it('name one key that seals, or its file, and the one before', async () => {
    const key = 'ab'.repeat(32);
    const env = { COMPUTEPOOL_SEAL_KEY: key };
    expect((await read(['--old-seal-key-file', 'old'], env)).sealKey).toEqual({ key, oldFile: 'old' });
    expect((await read(['--seal-key-file', 'new'])).sealKey).toEqual({ file: 'new' });
    expect((await read([])).sealKey).toBeUndefined();
    expect(await mistakesOf(['--seal-key-file', 'new'], env)).toEqual([
      '--seal-key and --seal-key-file are both set: keep one.',
    ]);
  });

  it('no two options share a name in the environment', async () => {
    const names = (Object.keys(OPTIONS) as OptionName[]).flatMap(envNamesOf);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('describeConfig', () => {
  it('says everything but secrets', async () => {
    const key = 'ab'.repeat(32);
    const env = {
      DATABASE_URL: 'postgres://pool:hunter2@db:5432/pool?password=hunter2',
      COMPUTEPOOL_METRICS_TOKEN: 'hunter2-hunter2-hunter2',
      COMPUTEPOOL_SEAL_KEY: key,
      COMPUTEPOOL_OLD_SEAL_KEY: key,
      ICE_SERVERS: '[{"urls":"turn:t.example","username":"u","credential":"hunter2"}]',
    };
    const described = describeConfig(await read(['--metrics', 'token'], env));
    expect(JSON.stringify(described)).not.toMatch(/hunter2|abab/);
    expect(described).toMatchObject({
      port: 3000,
      database: { url: 'postgres://pool:***@db:5432/pool?***' },
      metrics: 'token',
      sealKey: '***',
      iceServers: [{ urls: 'turn:t.example', hasCredential: true }],
    });
  });

  it.each([
    ['https://hub.example', 'https://hub.example'],
    ['/models', '/models'],
    ['not an address', '***'],
  ])('maskUrl(%s) is %s', async (text, masked) => {
    expect(maskUrl(text)).toBe(masked);
  });
});
