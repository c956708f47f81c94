import { expect, test } from 'vitest';
import { pickLanguage } from './languages.ts';

test.each([
  [null, ['de-AT', 'en'], 'de'],
  [null, ['fr', 'DE', 'en'], 'de'],
  [null, ['fr-CH', 'en-GB', 'de'], 'en'],
  [null, ['fr', 'nl'], 'en'],
  [null, [], 'en'],
  // Not German: its tag only begins alike.
  [null, ['den'], 'en'],
  // What was chosen counts, unless it is no language of ours.
  ['en', ['de'], 'en'],
  ['de', ['en'], 'de'],
  ['fr', ['de'], 'de'],
  ['pseudo', ['de'], 'pseudo'],
  // Nobody's browser prefers brackets.
  [null, ['pseudo', 'de'], 'de'],
] as const)('chosen %j, preferred %j: %s', (saved, preferred, language) => {
  expect(pickLanguage(saved, preferred)).toBe(language);
});
