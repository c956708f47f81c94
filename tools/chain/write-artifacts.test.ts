import { expect, test } from 'vitest';
import { hashSources, readSourcesHash } from './write-artifacts.ts';

test('the committed artifacts were made of the sources as they are: npm run contracts -- build', () => {
  expect(readSourcesHash()).toBe(hashSources());
});
