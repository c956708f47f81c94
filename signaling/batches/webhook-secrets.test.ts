import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { openSeal } from '../seal/open-seal.ts';
import { findWebhookSecret, rotateWebhookSecret, signWebhook } from './webhook-secrets.ts';

test('the signature is that of the example in the specification of Standard Webhooks', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(signWebhook(secret, message)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each part of a message changes its signature', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const message = { id: 'msg_1', timestamp: 1, body: '{}' };
  const signatures = [message, { ...message, id: 'msg_2' }, { ...message, timestamp: 2 }, { ...message, body: '{ }' }]
    .map((one) => signWebhook(secret, one)['webhook-signature'])
    .concat(signWebhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`, message)['webhook-signature']);
  expect(new Set(signatures).size).toBe(5);
});

const seal = openSeal({ memory: true });

forEachDatabase('secrets of webhooks', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = (await open()).db;
  }, OPEN_TIMEOUT_MS);

  test('an owner has none, then one, then another; nobody else’s changes', async () => {
    expect(await findWebhookSecret(db, seal, 'account:a')).toBeUndefined();
    const first = await rotateWebhookSecret(db, seal, 'account:a');
    const others = await rotateWebhookSecret(db, seal, 'account:b');
    expect(first).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(await findWebhookSecret(db, seal, 'account:a')).toBe(first);
    const second = await rotateWebhookSecret(db, seal, 'account:a');
    expect(new Set([first, second, others]).size).toBe(3);
    expect(await findWebhookSecret(db, seal, 'account:a')).toBe(second);
    expect(await findWebhookSecret(db, seal, 'account:b')).toBe(others);
  });

  test('two rotations at once leave one of them', async () => {
    const made = await Promise.all([1, 2].map(() => rotateWebhookSecret(db, seal, 'account:c')));
    expect(made).toContain(await findWebhookSecret(db, seal, 'account:c'));
  });
});
