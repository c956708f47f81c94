import { expect, test } from 'vitest';
import { claimText } from './claim.ts';
import { identityOf, newIdentityKeys, signText, verifyHello, verifyText } from './identity.ts';
import { peerIdSchema } from './ids.ts';

const HOST = 'pool.example';
const ACCOUNT = 'ab'.repeat(16);

test('the text names both and the server, after a prefix of its own', () => {
  const peer = peerIdSchema.parse('0123456789abcdef'.repeat(2));
  expect(claimText(HOST, ACCOUNT, peer)).toBe(
    'computepool-claim:2:pool.example:abababababababababababababababab:0123456789abcdef0123456789abcdef',
  );
});

test('a signature serves one account and one peer, and is no hello', async () => {
  const [mine, other] = await Promise.all([identityOf(await newIdentityKeys()), identityOf(await newIdentityKeys())]);
  const text = claimText(HOST, ACCOUNT, mine.peer);
  const shown = { publicKey: mine.publicKey, signature: await signText(mine.privateKey, text) };
  expect(await verifyText(shown, text)).toBe(mine.peer);
  const refused = { code: 'not-authentic' };
  await expect(verifyText(shown, claimText(HOST, 'cd'.repeat(16), mine.peer))).rejects.toMatchObject(refused);
  await expect(verifyText(shown, claimText(HOST, ACCOUNT, other.peer))).rejects.toMatchObject(refused);
  await expect(verifyText({ ...shown, publicKey: other.publicKey }, text)).rejects.toMatchObject(refused);
  await expect(
    verifyHello({ ...shown, host: 'a.example' }, text.slice('computepool-claim:2:'.length)),
  ).rejects.toMatchObject(refused);
});
