import { expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { type AccountId, accountOwner, type OwnerId, ownerOfPeer, peerOwner, readOwner } from './owner.ts';

const PEER = 'ab'.repeat(16) as PeerId;
const ANN = 'ann:1' as AccountId;

test('a name says what its owner is', () => {
  expect(readOwner(accountOwner(ANN))).toEqual({ kind: 'account', account: ANN });
  expect(readOwner(peerOwner(PEER))).toEqual({ kind: 'peer', peer: PEER });
});

test('a peer stands for the account that claimed it', () => {
  expect(ownerOfPeer(PEER, undefined)).toBe(`peer:${PEER}`);
  expect(ownerOfPeer(PEER, ANN)).toBe('account:ann:1');
});

test.each(['', 'account:', 'peer:ab', 'issuer', 'session:1', ' account:a'])('%j is nobody', (text) => {
  expect(() => readOwner(text as OwnerId)).toThrow('nobody');
});
