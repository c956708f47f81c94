import { expect, test } from 'vitest';
import { claimText } from '../../protocol/claim.ts';
import { identityOf, verifyText } from '../../protocol/identity.ts';
import { TestHost } from '../host/test-host.ts';
import { claimPeers } from './claim-peers.ts';

test('each peer that is kept here proves that it earns for this account, and for no other', async () => {
  const host = new TestHost();
  const kept = [await host.keepIdentity(), await host.keepIdentity()];
  const proofs = await claimPeers(host, 'acc-1');
  expect(proofs).toHaveLength(2);
  for (const [index, proof] of proofs.entries()) {
    const { peer } = await identityOf(kept[index]!.keys);
    expect(await verifyText(proof, claimText('pool.example', 'acc-1', peer))).toBe(peer);
    await expect(verifyText(proof, claimText('pool.example', 'acc-2', peer))).rejects.toMatchObject({
      code: 'not-authentic',
    });
  }
});

test('a host that keeps none has nothing to prove', async () => {
  expect(await claimPeers(new TestHost(), 'acc-1')).toEqual([]);
});
