import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { MAX_TOKEN_CHARS, openToken, sealToken } from './signed-token.ts';
import { inSeconds, newOrchestrator } from './test-orchestrator.ts';
import { SeededRandom } from './test-random.ts';

const orchestrator = newOrchestrator();
const { publicKey, sign } = orchestrator;
const schema = z.object({ name: z.string(), expires: z.number() });
const claims = { name: 'a', expires: inSeconds(60) };
const refused = expect.objectContaining({ code: 'ticket-refused' });
const open = (token: string) => openToken('ticket', token, { publicKey, schema });

test('what is sealed is opened', async () => {
  expect(await open(sealToken('ticket', claims, sign))).toEqual(claims);
});

test('a token of another kind, key or shape is refused, and with the code of the kind that was asked for', async () => {
  await expect(open(sealToken('grant', claims, sign))).rejects.toEqual(refused);
  await expect(open(sealToken('ticket', claims, newOrchestrator().sign))).rejects.toEqual(refused);
  await expect(open(sealToken('ticket', { expires: inSeconds(60) }, sign))).rejects.toEqual(refused);
  const asGrant = openToken('grant', sealToken('ticket', claims, sign), { publicKey, schema });
  await expect(asGrant).rejects.toMatchObject({ code: 'grant-refused' });
});

test('a token is good until it expires, and a little longer for clocks that differ', async () => {
  const token = sealToken('ticket', claims, sign);
  const at = (nowSeconds: number) => openToken('ticket', token, { publicKey, schema, nowSeconds });
  expect(await at(claims.expires + 119)).toEqual(claims);
  await expect(at(claims.expires + 121)).rejects.toEqual(refused);
});

test.each(['', '.', 'a', 'a.', '.a', 'a.b', 'a.b.c', '!.!', 'x'.repeat(MAX_TOKEN_CHARS + 1)])(
  '%.20j is no token',
  async (token) => {
    await expect(open(token)).rejects.toEqual(refused);
  },
);

test('a token with any character changed is refused', async () => {
  const token = sealToken('ticket', claims, sign);
  const random = new SeededRandom(17);
  for (let round = 0; round < 60; round++) {
    const at = random.whole(0, token.length - 1);
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    await expect(open(changed), `at ${at}`).rejects.toEqual(refused);
  }
});

test('claims that were signed but are no JSON are refused', async () => {
  const body = Buffer.from('{').toString('base64url');
  await expect(open(`${body}.${sign(`computepool-ticket:1:${body}`)}`)).rejects.toEqual(refused);
});
