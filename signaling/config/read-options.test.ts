import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from './defaults.ts';
import { OPTIONS } from './option-table.ts';
import { HELP, readOptions, wantsOwnChain } from './read-options.ts';
import { UsageError } from './usage-error.ts';

const read = (line: string, env = {}) => readOptions(line.split(' ').filter(Boolean), env);

describe('readOptions', () => {
  it('has defaults for everything', async () => {
    expect(await read('')).toEqual({
      port: 3000,
      host: '127.0.0.1',
      model: DEFAULT_MODEL,
      hubUrl: 'https://huggingface.co',
      modelsDir: 'public/models',
      siteDir: 'out',
      iceServers: [],
      database: { dataDir: '.data' },
      wait: false,
      welcomeMicros: 10_000_000,
      welcomesPerAddressPerDay: 50,
      maxQueue: 100,
      codec: 'exact',
      maxQueuePerAccount: 8,
      corsOrigins: '*',
      embedOrigins: [],
      allowedHosts: [],
      ratePerMinute: 600,
      logLevel: 'info',
      metrics: { kind: 'loopback' },
      trustedProxies: 0,
      allowLocalWebhooks: false,
      prices: {},
      marketPricePico: 200_000,
    });
  });

  it.each([
    ['--chain local', {}, true],
    ['--chain=local --port 0', {}, true],
    ['', { COMPUTEPOOL_CHAIN: 'local' }, true],
    ['--chain base', { COMPUTEPOOL_CHAIN: 'local' }, false],
    ['--chain local --deployment d.json', {}, false],
    ['--chain local', { COMPUTEPOOL_DEPLOYMENT: 'd.json' }, false],
    ['--model a/chain --port 0', {}, false],
    ['--config missing.json --chain local', {}, false],
  ])('%s with %o brings a chain of its own: %s', (given, env, brings) => {
    expect(wantsOwnChain(given.split(' ').filter(Boolean), env)).toBe(brings);
  });

  it('pays on a chain where it is told what was deployed and with whose key', async () => {
    const chain = '--chain base-sepolia --deployment d.json --chain-key-file k';
    expect(((await read(chain)) as { chain: unknown }).chain).toEqual({
      ...{ key: 'base-sepolia', deploymentFile: 'd.json', keyFile: 'k', takesOver: false },
    });
    await expect(read('--chain base')).rejects.toThrow('--chain needs --deployment and --chain-key-file');
    await expect(read('--chain moon')).rejects.toThrow('one of local, base');
    expect(await read('--market-price 1.25')).toMatchObject({ marketPricePico: 1_250_000 });
    await expect(read('--market-price 0')).rejects.toThrow('a number of dollars above 0');
  });

  it('takes what is given', async () => {
    const line =
      '--port 0 --host 0.0.0.0 --model a/b --revision v1 --dtype fp16 --hub http://mirror.example/ --stages 3 --no-site';
    const options = await read(line, { ICE_SERVERS: '[{"urls":["stun:s.example"]}]' });
    expect(options).not.toHaveProperty('siteDir');
    expect(options).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      model: { repo: 'a/b', revision: 'v1', dtype: 'fp16' },
      hubUrl: 'http://mirror.example',
      modelsDir: 'public/models',
      stages: 3,
      iceServers: [{ urls: ['stun:s.example'] }],
    });
    expect(await read('--help --port x')).toBe('help');
  });

  it('prefers the option to the environment', async () => {
    expect(await read('--ice-servers []', { ICE_SERVERS: 'broken' })).toMatchObject({ iceServers: [] });
  });

  it.each([
    ['--port 70000', '--port must be a whole number from 0 to 65535, not "70000".'],
    ['--port 3e3', '--port must'],
    ['--stages 0', '--stages must'],
    ['--dtype q3', '--dtype must be one of fp32, fp16, q4'],
    ['--model guide', '--model must be owner/name'],
    ['--model ../x', '--model must be owner/name'],
    ['--hub file:///x', '--hub must be'],
    ['--hub //evil.example', '--hub must be'],
    ['--ice-servers {}', '--ice-servers'],
    ['--ice-servers [{}]', '--ice-servers'],
    ['--bogus', '--help'],
    ['--port', '--help'],
  ])('explains %s', async (line, message) => {
    await expect(read(line)).rejects.toThrow(UsageError);
    await expect(read(line)).rejects.toThrow(message);
  });

  it('reads the file that --config names', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'computepool-options-'));
    try {
      writeFileSync(join(dir, 'pool.json'), '{"port": 4000, "no-site": true}');
      expect(await read(`--config ${join(dir, 'pool.json')}`)).toMatchObject({ port: 4000 });
      await expect(read(`--config ${join(dir, 'absent.json')}`)).rejects.toThrow('absent.json cannot be read');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('names every option in the help', async () => {
    for (const name of [...Object.keys(OPTIONS), 'config', 'help']) expect(HELP).toContain(`  --${name} `);
    for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });
});
