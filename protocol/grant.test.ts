import { expect, test } from 'vitest';
import { type Grant, openGrant, sealGrant } from './grant.ts';
import { serverIdOf } from './identity.ts';
import type { JobId, PeerId } from './ids.ts';
import { inSeconds, newOrchestrator } from './test-orchestrator.ts';

const { publicKey, sign } = newOrchestrator();
const driver = 'd'.repeat(32) as PeerId;
const pool = 'test/model@main:q4';
const grant: Grant = {
  ...{
    job: '1'.repeat(32) as JobId,
    nonce: '2'.repeat(32),
    pool,
    driver,
    sessions: 2,
    maxPosition: 96,
    promptTokens: 24,
  },
  ...{ own: ['a'.repeat(32) as PeerId], expires: inSeconds(60) },
};
const refused = expect.objectContaining({ code: 'grant-refused' });

test('a grant is its driver’s in its pool until it expires', async () => {
  const token = sealGrant(grant, sign);
  expect(await openGrant(token, { publicKey, driver, pool })).toEqual({
    ...grant,
    server: await serverIdOf(publicKey),
  });
  const wrongs = [
    { driver: 'e'.repeat(32) as PeerId },
    { pool: 'test/model@main:q8' },
    { publicKey: newOrchestrator().publicKey },
    { nowSeconds: inSeconds(60 + 121) },
  ];
  for (const wrong of wrongs) {
    await expect(openGrant(token, { publicKey, driver, pool, ...wrong })).rejects.toEqual(refused);
  }
});

test.each([
  { sessions: 0 },
  { sessions: 9 },
  { maxPosition: -1 },
  { promptTokens: -1 },
  { nonce: 'x' },
  { own: new Array(33).fill(driver) },
])('a signed grant with %.60j is refused', async (field) => {
  const token = sealGrant({ ...grant, ...field } as Grant, sign);
  await expect(openGrant(token, { publicKey, driver, pool })).rejects.toEqual(refused);
});
