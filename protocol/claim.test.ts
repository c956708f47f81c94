import { expect, test } from 'vitest';
import { claimText } from './claim.ts';
import { identityOf, newIdentityKeys, signText, verifyHello, verifyText } from './identity.ts';
import { peerIdSchema } from './ids.ts';

const ACCOUNT = 'ab'.repeat(16);

test('the text names both, after a prefix of its own', () => {
  const peer = peerIdSchema.parse('0123456789abcdef'.repeat(2));
  expect(claimText(ACCOUNT, peer)).toBe(
    'computepool-claim:abababababababababababababababab:0123456789abcdef0123456789abcdef',
  );
});

test('a signature serves one account and one peer, and is no hello', async () => {
  const [mine, other] = await Promise.all([identityOf(await newIdentityKeys()), identityOf(await newIdentityKeys())]);
  const text = claimText(ACCOUNT, mine.peer);
  const shown = { publicKey: mine.publicKey, signature: await signText(mine.privateKey, text) };
  expect(await verifyText(shown, text)).toBe(mine.peer);
  const refused = { code: 'not-authentic' };
  await expect(verifyText(shown, claimText('cd'.repeat(16), mine.peer))).rejects.toMatchObject(refused);
  await expect(verifyText(shown, claimText(ACCOUNT, other.peer))).rejects.toMatchObject(refused);
  await expect(verifyText({ ...shown, publicKey: other.publicKey }, text)).rejects.toMatchObject(refused);
  await expect(
    verifyHello({ ...shown, host: 'a.example' }, text.slice('computepool-claim:'.length)),
  ).rejects.toMatchObject(refused);
});
