import { expect, test } from 'vitest';
import { describeLink, PEER_A, PEER_B } from './link-compliance.ts';
import { memoryLinkPair } from './memory-link.ts';

describeLink('the memory link', async () => memoryLinkPair(PEER_A, PEER_B));

test('delivers in a later task, so that no sender is re-entered', async () => {
  const [toB, toA] = memoryLinkPair(PEER_A, PEER_B);
  let got = 0;
  toA.listen({ onFrame: () => got++, onClose: () => {} });
  toB.send(Uint8Array.of(1));
  expect(got).toBe(0);
  await Promise.resolve();
  expect(got).toBe(1);
});
