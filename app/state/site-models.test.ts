import { expect, test } from 'vitest';
import { formatParameters, parseSiteModels } from './site-models.ts';

const tiny = { repo: 'site/tiny', dtypes: ['q4', 'fp32'], title: 'Tiny', description: 'Small.', parameters: 15e6 };

test('entries that fit are kept, files and all else ignored', () => {
  expect(parseSiteModels({ models: [{ ...tiny, files: { a: 1 } }] })).toEqual([tiny]);
});

test('strange entries are left out, the rest stays', () => {
  const models = [{ ...tiny, repo: '../etc' }, { ...tiny, dtypes: [] }, { ...tiny, dtypes: ['q99'] }, 7, null, tiny];
  expect(parseSiteModels({ models })).toEqual([tiny]);
});

test('drafts come last', () => {
  const draft = { ...tiny, repo: 'site/draft', draftFor: 'site/tiny' };
  expect(parseSiteModels({ models: [draft, tiny] }).map((model) => model.repo)).toEqual(['site/tiny', 'site/draft']);
});

test.each([null, 3, 'x', {}, { models: {} }])('no list in %j is an empty list', (value) => {
  expect(parseSiteModels(value)).toEqual([]);
});

test('parameters read as people write them', () => {
  expect(formatParameters(15_300_000)).toBe('15.3M parameters');
  expect(formatParameters('0.6B')).toBe('0.6B parameters');
  expect(formatParameters(undefined)).toBe('');
});
