import { expect, test } from 'vitest';
import { readTrust } from './read-trust.ts';
import { trustSchema } from './trust.ts';

const AUTHORITY = {
  fingerprint: 'AB:CD',
  expires: '2036-01-01T00:00:00.000Z',
  secure: ['https://desk.local:3000'],
  plain: ['http://desk.local:3000'],
};

test.each<[what: string, value: unknown]>([
  ['as it is', { authority: AUTHORITY }],
  ['none', { authority: null }],
  ['of a newer server', { brand: 'new', authority: { ...AUTHORITY, more: 1 } }],
])('what the schema takes is read alike: %s', (_what, value) => {
  expect(readTrust(value)).toEqual(trustSchema.parse(value));
});

test.each<[what: string, value: unknown]>([
  ['nothing', null],
  ['no object', 'a page of a proxy'],
  ['nothing of an authority', {}],
  ['one that is none', { authority: 'yes' }],
  ['no fingerprint', { authority: { ...AUTHORITY, fingerprint: undefined } }],
  ['no end', { authority: { ...AUTHORITY, expires: 'soon' } }],
  ['addresses that are none', { authority: { ...AUTHORITY, plain: [7] } }],
])('what it refuses is refused: %s', (_what, value) => {
  expect(trustSchema.safeParse(value).success).toBe(false);
  expect(readTrust(value)).toBeUndefined();
});
