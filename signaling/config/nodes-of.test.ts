import { expect, test } from 'vitest';
import { nodesOf } from './nodes-of.ts';

test('nodes are told apart by commas, and a comma within an address is its own', () => {
  expect(nodesOf('https://a.example/k')).toEqual(['https://a.example/k']);
  expect(nodesOf('https://a.example/k,1, http://b.example')).toEqual(['https://a.example/k,1', 'http://b.example']);
});
