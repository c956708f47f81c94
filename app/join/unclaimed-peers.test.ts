import { expect, test } from 'vitest';
import { unclaimedPeers } from './unclaimed-peers.ts';

test('peers that connected and are not owned, each once', () => {
  expect(unclaimedPeers(['a', undefined, 'b', 'a', 'c'], ['b'])).toEqual(['a', 'c']);
  expect(unclaimedPeers([undefined], [])).toEqual([]);
});
