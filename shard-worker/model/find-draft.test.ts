import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseModelIndex } from '../hub/model-index.ts';
import { draftRepoOf, findDraft } from './find-draft.ts';

const index = parseModelIndex(JSON.parse(readFileSync('public/models/index.json', 'utf8')));
const GUIDE = 'computepool/guide-4m';

test('the site’s model has a drafter of its own, and that one has none', () => {
  expect(draftRepoOf(index, GUIDE)).toBe('computepool/guide-4m-draft');
  expect(draftRepoOf(index, 'computepool/guide-4m-draft')).toBeUndefined();
  expect(draftRepoOf(index, 'acme/unknown')).toBeUndefined();
});

test('another tokenizer, another weight format or a missing file is no drafter', () => {
  const changed = (change: (draft: (typeof index.models)[number]) => unknown) => {
    const copy = structuredClone(index);
    change(copy.models.find(({ draftFor }) => draftFor === GUIDE)!);
    return draftRepoOf(copy, GUIDE);
  };
  const files = (draft: (typeof index.models)[number]) => draft.files;
  expect(
    changed((draft) => Object.assign(files(draft)['tokenizer.json']!, { sha256: '0'.repeat(64) })),
  ).toBeUndefined();
  expect(changed((draft) => draft.dtypes.splice(0, 1, 'fp32'))).toBeUndefined();
  expect(changed((draft) => delete files(draft)['tokenizer.json'])).toBeUndefined();
});

test('a model of the hub is looked for in no list', async () => {
  const source = {
    model: { repo: 'acme/model', revision: 'main', dtype: 'q4' },
    hubUrl: 'http://127.0.0.1:9',
  } as const;
  expect(await findDraft(source)).toBeUndefined();
});
