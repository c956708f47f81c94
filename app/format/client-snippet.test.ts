import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { SNIPPET_LANGUAGES, writeSnippet } from './client-snippet.ts';

const fields = { origin: 'https://pool.example', model: 'owner/tiny@main:q4', key: 'cp_secret' };

test.each(SNIPPET_LANGUAGES)('%s names the site, the pool and the key', (language) => {
  const text = writeSnippet(language, fields);
  for (const part of ['https://pool.example/v1', 'owner/tiny@main:q4', 'cp_secret']) expect(text).toContain(part);
});

test('a quote in a name ends no literal', () => {
  const model = `a"b'c`;
  expect(writeSnippet('python', { ...fields, model })).toContain('model="a\\"b\'c"');
  expect(writeSnippet('js', { ...fields, model })).toContain('model: "a\\"b\'c"');
});

test('a real shell hands the body over as JSON, quotes included', () => {
  const command = writeSnippet('curl', { ...fields, model: "it's" }).replace('curl -N', "printf '%s\\n'");
  const words = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim().split('\n');
  expect(words[0]).toBe('https://pool.example/v1/chat/completions');
  expect(words).toContain('Authorization: Bearer cp_secret');
  expect(JSON.parse(words.at(-1)!)).toMatchObject({ model: "it's", stream: true });
});
