import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSiteModels } from '../../app/state/site-models.ts';
import { englishOwnModels } from '../../app/text/english/own-models.ts';
import { ownModels } from '../../app/text/german/own-models.ts';

test('what comes with the program is described in every language', () => {
  const list: unknown = JSON.parse(readFileSync(new URL('../../public/models/index.json', import.meta.url), 'utf8'));
  const repos = parseSiteModels(list).map(({ repo }) => repo);
  expect(repos.length).toBeGreaterThan(0);
  expect(Object.keys(englishOwnModels.about).sort()).toEqual(repos.sort());
  expect(Object.keys(ownModels.about).sort()).toEqual(repos.sort());
});
