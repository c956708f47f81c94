import { describe, expect, test } from 'vitest';
import { parseIceServers, parsePrices } from './parse-json-value.ts';
import * as read from './parse-value.ts';

type Parse = (text: string) => unknown;
const takes = (parse: Parse, cases: [string, unknown][]): void =>
  test.each(cases)('%j is %j', (text, value) => {
    expect(parse(text)).toEqual(value);
  });
const refuses = (parse: Parse, texts: string[]): void =>
  test.each(texts)('%j is refused', (text) => {
    expect(() => parse(text)).toThrow(read.Misfit);
  });

describe('a whole number', () => {
  const parse = read.wholeNumber(1, 300);
  takes(parse, [
    ['1', 1],
    ['300', 300],
    ['007', 7],
  ]);
  refuses(parse, ['', ' ', '0', '301', '-1', '+1', '1.0', '1e2', '0x10', ' 1', '1\n', '१', 'NaN', '9'.repeat(400)]);
});

describe('stages', () => {
  takes(read.stageCount, [
    ['all', 'all'],
    ['1', 1],
    ['64', 64],
  ]);
  refuses(read.stageCount, ['65', 'ALL', '']);
});

describe('credits', () => {
  takes(read.creditsInMicros, [
    ['0', 0],
    ['0.000001', 1],
    ['0.1', 100_000],
    ['0.3', 300_000],
    ['1.000000', 1_000_000],
    ['999999999.999999', 999_999_999_999_999],
  ]);
  refuses(read.creditsInMicros, ['', '.5', '1.', '-1', '1e3', '1,5', '1000000000', '0.0000001', 'Infinity']);
});

describe('yes or no', () => {
  takes(read.yesOrNo, [
    ['true', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ]);
  refuses(read.yesOrNo, ['', 'TRUE', 'on', '2']);
});

describe('a hub', () => {
  takes(read.hubAddress, [
    ['https://hub.example', 'https://hub.example'],
    ['http://mirror.lan:8080/hf//', 'http://mirror.lan:8080/hf'],
    ['/models/', '/models'],
  ]);
  refuses(read.hubAddress, [
    '',
    'hub.example',
    '//evil.example',
    'ftp://x',
    'file:///x',
    'https://',
    'https://u@x',
    'https://u:p@x',
  ]);
});

describe('the address that people use', () => {
  takes(read.publicAddress, [
    ['https://pool.example', 'https://pool.example'],
    ['HTTPS://Pool.Example:443/', 'https://pool.example'],
    ['http://pool.example:8080/under//', 'http://pool.example:8080/under'],
  ]);
  refuses(read.publicAddress, ['/x', 'pool.example', 'https://x/?q', 'https://x/#h', 'https://u@x', 'ws://x']);
});

describe('origins', () => {
  takes(read.origins, [
    ['*', '*'],
    [' * ', '*'],
    ['', []],
    [' , ', []],
    ['https://App.example/', ['https://app.example']],
    ['https://a.example,http://b.example:81', ['https://a.example', 'http://b.example:81']],
  ]);
  refuses(read.origins, [
    '*,https://a.example',
    'https://*.example',
    'null',
    'a.example',
    'https://a.example/x',
    'file://',
  ]);
});

describe('pages that may frame', () => {
  takes(read.framers, [
    ['*', '*'],
    ['', []],
    ['https://App.example/, http://localhost:4000', ['https://app.example', 'http://localhost:4000']],
  ]);
  refuses(read.framers, ['https://*.example', 'http://[::1]:3000', 'https://a.example;', 'app.example']);
});

describe('names of hosts', () => {
  takes(read.hostNames, [
    ['', []],
    [' , ', []],
    ['Pool.example., pool_1', ['pool.example', 'pool_1']],
    ['10.0.0.1', ['10.0.0.1']],
  ]);
  refuses(read.hostNames, [
    '*',
    '*.example',
    'https://pool.example',
    'pool.example:3000',
    'pool.example/x',
    'a..b',
    '-a',
    'a b',
    `${'x.'.repeat(200)}x`,
  ]);
});

describe('a database', () => {
  takes(read.postgresUrl, [
    ['postgres://db/pool', 'postgres://db/pool'],
    ['postgresql://u:p@db:5433/pool?sslmode=require', 'postgresql://u:p@db:5433/pool?sslmode=require'],
  ]);
  refuses(read.postgresUrl, ['', 'db/pool', 'postgres://db', 'postgres://db/', 'mysql://db/pool', 'http://db/pool']);
});

describe('a secret', () => {
  takes(read.secretToken, [
    ['x'.repeat(16), 'x'.repeat(16)],
    ['~'.repeat(200), '~'.repeat(200)],
  ]);
  refuses(read.secretToken, [
    '',
    'x'.repeat(15),
    'x'.repeat(201),
    `${'x'.repeat(16)} `,
    `${'x'.repeat(16)}\n`,
    'é'.repeat(16),
  ]);
});

describe('servers for ICE', () => {
  const turn = { urls: ['turn:a.example', 'turns:a.example'], username: 'u', credential: 'c' };
  takes(parseIceServers, [
    ['[]', []],
    [JSON.stringify([{ urls: 'stun:s.example' }, turn]), [{ urls: 'stun:s.example' }, turn]],
  ]);
  refuses(parseIceServers, [
    ...['', '{', 'null', '{}', '"stun:s.example"', '["stun:s.example"]', '[{}]', '[{"urls":1}]', '[{"urls":[1]}]'],
    ...['[{"urls":""}]', '[{"urls":[]}]', '[{"urls":"s.example"}]', '[{"urls":"https://s.example"}]'],
    ...['[{"urls":"stun:s","credential":1}]', JSON.stringify(Array.from({ length: 21 }, () => ({ urls: 'stun:s' })))],
  ]);
});

describe('prices', () => {
  const price = { promptMicros: 0, completionMicros: 2 };
  takes(parsePrices, [
    ['{}', {}],
    [JSON.stringify({ 'a/b': price }), { 'a/b': price }],
  ]);
  refuses(parsePrices, [
    ...['', '[]', 'null', '1', '{"a/b":null}', '{"a/b":1}', '{"a":{"promptMicros":1,"completionMicros":1}}'],
    ...['{"a/b":{"promptMicros":-1,"completionMicros":1}}', '{"a/b":{"promptMicros":"1","completionMicros":1}}'],
    ...['{"../b":{"promptMicros":1,"completionMicros":1}}', '{"a/b":{"promptMicros":1e99,"completionMicros":1}}'],
  ]);
});
