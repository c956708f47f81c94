// The secrets that webhooks are signed with, one per owner, and the signature itself: Standard Webhooks
// (github.com/standard-webhooks/standard-webhooks, spec of version 1), which OpenAI's client verifies.
import { createHmac, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import { webhookSecrets } from './tables.ts';

const PREFIX = 'whsec_';

/** The new secret, `whsec_` and base64 of 32 bytes. What is sent from now on is signed with it. */
export async function rotateWebhookSecret(db: Database, owner: string): Promise<string> {
  const secret = `${PREFIX}${randomBytes(32).toString('base64')}`;
  const createdAt = new Date();
  await db
    .insert(webhookSecrets)
    .values({ owner, secret, createdAt })
    .onConflictDoUpdate({ target: webhookSecrets.owner, set: { secret, createdAt } });
  return secret;
}

export async function findWebhookSecret(db: Database, owner: string): Promise<string | undefined> {
  const [row] = await db
    .select({ secret: webhookSecrets.secret })
    .from(webhookSecrets)
    .where(eq(webhookSecrets.owner, owner));
  return row?.secret;
}

/** The three headers: HMAC-SHA-256 over `id.timestamp.body`. `timestamp`: Unix seconds. */
export function signWebhook(secret: string, message: { id: string; timestamp: number; body: string }) {
  const { id, timestamp, body } = message;
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
