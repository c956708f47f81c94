import { expect, test } from 'vitest';
import { type SiteConfig, siteConfigSchema } from './config.ts';
import { readConfig } from './read-config.ts';

const CONFIG: SiteConfig = {
  model: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' },
  hubUrl: 'https://hub.example',
  siteModelsUrl: '/models',
  dtypes: ['q4', 'fp32'],
  version: '0.1.0',
};

test.each<[what: string, value: unknown]>([
  ['as it is', CONFIG],
  ['with helpers', { ...CONFIG, stunUrls: ['stun:stun.example'] }],
  ['where accounts need a code', { ...CONFIG, registration: 'invite' }],
  ['of a newer server', { ...CONFIG, brand: 'new', model: { ...CONFIG.model, size: 3 } }],
])('what the schema takes is read alike: %s', (_what, value) => {
  expect(readConfig(value)).toEqual(siteConfigSchema.parse(value));
});

test.each<[what: string, value: unknown]>([
  ['nothing', null],
  ['no object', 'a page of a proxy'],
  ['no model', { ...CONFIG, model: undefined }],
  ['a model that is a path', { ...CONFIG, model: { ...CONFIG.model, repo: '../etc' } }],
  ['a format that does not exist', { ...CONFIG, dtypes: ['q4', 'q99'] }],
  ['helpers that are none', { ...CONFIG, stunUrls: [7] }],
  ['a word for accounts that is none', { ...CONFIG, registration: 'maybe' }],
  ['an address that is none', { ...CONFIG, hubUrl: 7 }],
])('what it refuses is refused: %s', (_what, value) => {
  expect(siteConfigSchema.safeParse(value).success).toBe(false);
  expect(readConfig(value)).toBeUndefined();
});
