// What a driver reads of a repository before it drives: where the template may be, what may be missing, what is refused.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { type FakeRepo, startFakeRepo } from '../hub/fake-repo.ts';
import { openModelFiles } from '../model/open-model.ts';
import { readFormat } from './read-format.ts';

const SITE = 'public/models/computepool/guide-4m';
const site = (path: string): string => readFileSync(`${SITE}/${path}`, 'utf8');
const tokenizerConfig = JSON.parse(site('tokenizer_config.json'));
const QUESTION = [{ role: 'user' as const, content: 'What is a coalition?' }];

const repos: FakeRepo[] = [];
afterEach(() => Promise.all(repos.splice(0).map((repo) => repo.close())));

/** The site's own files with these in their place; undefined leaves a file out. */
async function read(changes: Record<string, string | undefined> = {}) {
  const names = ['tokenizer.json', 'tokenizer_config.json', 'config.json', 'generation_config.json'];
  const files = { ...Object.fromEntries(names.map((name) => [name, site(name)])), ...changes };
  const there = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const repo = await startFakeRepo(Object.fromEntries(there));
  repos.push(repo);
  const model = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' } as const;
  return { repo, format: openModelFiles({ model, hubUrl: repo.hub.url }).then((files) => readFormat(files)) };
}

/** The template in a file of its own, as newer exports have it. */
function apart(): Record<string, string> {
  const { chat_template, ...rest } = tokenizerConfig;
  return { 'tokenizer_config.json': JSON.stringify(rest), 'chat_template.jinja': chat_template };
}

test('a template in the tokenizer’s config and one in a file of its own are the same to a conversation', async () => {
  const inside = await (await read()).format;
  const outside = await (await read(apart())).format;
  const ids = inside.format.encodeChat(QUESTION);
  expect(ids.length).toBeGreaterThan(5);
  expect(outside.format.encodeChat(QUESTION)).toEqual(ids);
  expect(inside.format.decode(ids)).toContain('What is a coalition?');
});

test('the file is not asked for where the config has a template', async () => {
  const { repo, format } = await read({ 'chat_template.jinja': 'another {{ messages }}' });
  expect((await format).format.decode((await format).format.encodeChat(QUESTION))).not.toContain('another');
  expect(repo.hub.requests.some(({ path }) => path.includes('chat_template.jinja'))).toBe(false);
});

test('without a generation config its defaults are the page’s, and nothing is missing', async () => {
  const { format } = await (await read({ 'generation_config.json': undefined })).format;
  expect(format.defaults).toEqual({ temperature: 0.7, topK: 40, topP: 0.95 });
  const set = await (await read({ 'generation_config.json': '{"do_sample":false,"top_k":3,"eos_token_id":[1,2]}' }))
    .format;
  expect(set.format.defaults).toMatchObject({ temperature: 0, topK: 3 });
  expect([...set.format.eosIds]).toEqual([1, 2]);
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['no template anywhere', { ...apart(), 'chat_template.jinja': undefined }, 'model-unsupported'],
  ['a template that cannot be read', { ...apart(), 'chat_template.jinja': '{% if %}' }, 'model-unsupported'],
  ['a template that is no text', { 'tokenizer_config.json': '{"chat_template":7}' }, 'model-unsupported'],
  ['a tokenizer’s config that is null', { 'tokenizer_config.json': 'null' }, 'model-unsupported'],
  ['a generation config that is no JSON', { 'generation_config.json': '{"top_k": 3' }, 'model-unsupported'],
  ['a tokenizer of another kind', { 'tokenizer.json': '{"model":{"type":"Unheard"}}' }, 'model-unsupported'],
  ['no tokenizer', { 'tokenizer.json': undefined }, 'model-not-found'],
  ['no config', { 'config.json': undefined }, 'model-not-found'],
])('%s is refused by its code', async (_, changes, code) => {
  await expect((await read(changes)).format).rejects.toMatchObject({ code });
});

test.each([
  ['null', 2048],
  ['[]', 2048],
  ['{"max_position_embeddings":300}', 300],
])('a config of %s serves %i positions', async (config, positions) => {
  expect((await (await read({ 'config.json': config })).format).maxContext).toBe(positions);
});

test('G5: all that the model’s own programs do is told before and after', async () => {
  const { repo } = await read();
  const model = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' } as const;
  let running = 0;
  let runs = 0;
  const files = await openModelFiles({ model, hubUrl: repo.hub.url });
  const { format } = await readFormat(files, (run) => {
    runs++;
    running++;
    try {
      return run();
    } finally {
      running--;
    }
  });
  expect(runs).toBe(1);
  const ids = format.encodeChat(QUESTION);
  for (const use of [() => format.encode('a'), () => format.encodeText('a'), () => format.decode(ids)]) use();
  format.describe(ids[0]!);
  expect([runs, running]).toEqual([6, 0]);
  expect(() => format.encodeChat([])).toThrow();
  expect([runs, running]).toEqual([7, 0]);
});
