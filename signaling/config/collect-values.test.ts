import { describe, expect, test } from 'vitest';
import { collectValues, configPathOf, readFlags } from './collect-values.ts';
import type { OptionName } from './option-table.ts';
import { readConfig } from './read-config.ts';

const collect = (args: string[], env: Record<string, string | undefined> = {}, text?: string) =>
  collectValues(readFlags(args), env, text === undefined ? undefined : { path: 'pool.json', text });
const found = (name: OptionName, ...parameters: Parameters<typeof collect>) => collect(...parameters).found.get(name);

describe('the command line', () => {
  test.each([
    [['--port', '1', '--port', '2'], 'port', '2'],
    [['--port=3'], 'port', '3'],
    [['--public-url='], 'public-url', ''],
    [['--no-site'], 'no-site', 'true'],
    [['--grant', '4'], 'welcome-credits', '4'],
  ] as const)('%j', (args, name, text) => {
    expect(found(name, [...args])?.text).toBe(text);
  });

  test.each([
    ['a flag without its value', ['--port']],
    ['a flag that takes another’s name for its value', ['--host', '--port', '1']],
    ['a word that belongs to no flag', ['3000']],
    ['a flag that nobody knows', ['--bogus']],
    ['a value where none belongs', ['--no-site=yes']],
    ['short names', ['-p', '1']],
  ])('%s is one mistake, in one line, that names the way out', (_, args) => {
    const { mistakes } = collect(args);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^[^\n]+[.!?] Run with --help for the options\.$/);
  });

  test('what its mistake leaves unread is not taken from elsewhere in silence', async () => {
    await expect(readConfig(['--bogus', '--port', '1'], { COMPUTEPOOL_PORT: '2' })).rejects.toThrow('--bogus');
  });
});

describe('where the file is named', () => {
  test.each([
    [['--config', 'a.json'], { COMPUTEPOOL_CONFIG: 'b.json' }, 'a.json'],
    [[], { COMPUTEPOOL_CONFIG: 'b.json' }, 'b.json'],
    [[], { COMPUTEPOOL_CONFIG: '' }, undefined],
    [[], {}, undefined],
  ])('%j %j', (args, env, path) => {
    expect(configPathOf(readFlags(args).flags, env)).toBe(path);
  });

  test('and cannot be read, nothing else is said', async () => {
    const gone = (): string => {
      throw new Error('no such file');
    };
    const reading = readConfig(['--config', 'a.json', '--port', 'x'], {}, gone);
    await expect(reading).rejects.toThrow('The configuration a.json cannot be read: no such file');
    await expect(readConfig(['--config', 'a.json'], {})).rejects.toThrow('no files are read here');
  });
});

describe('the environment', () => {
  test('has the names that other programs read, and tells them by both', () => {
    expect(found('database-url', [], { DATABASE_URL: 'postgres://db/a' })).toEqual({
      text: 'postgres://db/a',
      source: '--database-url (or DATABASE_URL)',
    });
  });

  test('a name that no option has is told; one of another program, or one that is not set, is not', () => {
    const env = {
      COMPUTEPOOL_PROT: '1',
      COMPUTEPOOL_: '1',
      COMPUTER: '1',
      COMPUTEPOOL_OLD: undefined,
      COMPUTEPOOL_X: '',
    };
    expect(collect([], env).mistakes.map((text) => text.split(' ')[0])).toEqual(['COMPUTEPOOL_', 'COMPUTEPOOL_PROT']);
  });

  test('a name without end is shortened', () => {
    const [mistake] = collect([], { [`COMPUTEPOOL_${'X'.repeat(5000)}`]: '1' }).mistakes;
    expect(mistake?.length).toBeLessThan(200);
  });
});

describe('the file', () => {
  test.each([
    ['{"port": 80}', 'port', '80'],
    ['{"port": "80"}', 'port', '80'],
    ['{"port": null}', 'port', 'null'],
    ['{"no-site": false}', 'no-site', 'false'],
    ['{"cors-origins": []}', 'cors-origins', ''],
    ['{"prices": {"a/b": 1}}', 'prices', '{"a/b":1}'],
    ['{"host": ["a"]}', 'host', '["a"]'],
    ['{"grant": 1, "welcome-credits": 2}', 'welcome-credits', '2'],
    ['{"welcome-credits": 2, "grant": 1}', 'welcome-credits', '2'],
  ] as const)('%s', (text, name, value) => {
    expect(found(name, [], {}, text)?.text).toBe(value);
  });

  test.each(['__proto__', 'constructor', 'toString', 'Port', 'help', 'config', ''])('%j is no option', (key) => {
    const { found: none, mistakes } = collect([], {}, `{${JSON.stringify(key)}: 1}`);
    expect(none.size).toBe(0);
    expect(mistakes).toEqual([`"${key}" in pool.json is no option. Run with --help for the options.`]);
  });
});

describe('no mistake shows a password', () => {
  test.each([
    ['--hub', 'https://user:hunter2@mirror.example'],
    ['--hub', 'ftp://user:hunter2@mirror.example'],
    ['--public-url', 'https://user:hunter2@pool.example'],
    ['--cors-origins', 'https://a.example,https://user:hunter2@app.example'],
    ['--database-url', 'postgres://user:hunter2@db'],
  ])('%s %s', async (flag, text) => {
    const told: Error = await readConfig([flag, text], {}).then(
      () => new Error('nothing was wrong'),
      (error) => error,
    );
    expect(told.message).toMatch(new RegExp(`^${flag} must be `));
    expect(told.message).not.toContain('hunter2');
  });
});
