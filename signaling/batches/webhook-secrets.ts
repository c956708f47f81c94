// The secrets that webhooks are signed with, one per owner, kept under seal, and the signature itself: Standard Webhooks
// (github.com/standard-webhooks/standard-webhooks, spec of version 1), which OpenAI's client verifies.
import { createHmac, randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import type { Confirm } from '../http/api-types.ts';
import type { Seal } from '../seal/create-seal.ts';
import { webhookSecrets } from './tables.ts';

const PREFIX = 'whsec_';

/** What a secret is sealed as: nobody else's opens in its place. */
const aboutOf = (owner: string): string => `webhook-secret:${owner}`;

/**
 * The new secret, `whsec_` and base64 of 32 bytes. What is sent from now on is signed with it. Throws `not-logged-in` where
 * `confirm` does.
 */
export async function rotateWebhookSecret(db: Database, seal: Seal, owner: string, confirm?: Confirm): Promise<string> {
  const text = `${PREFIX}${randomBytes(32).toString('base64')}`;
  const [secret, createdAt] = [seal.seal(text, aboutOf(owner)), new Date()];
  await db.transaction(async (tx) => {
    await confirm?.(tx);
    await tx
      .insert(webhookSecrets)
      .values({ owner, secret, createdAt })
      .onConflictDoUpdate({ target: webhookSecrets.owner, set: { secret, createdAt } });
  });
  return text;
}

export async function hasWebhookSecret(db: Database, owner: string): Promise<boolean> {
  return (await readKept(db, owner)) !== undefined;
}

export async function findWebhookSecret(db: Database, seal: Seal, owner: string): Promise<string | undefined> {
  const kept = await readKept(db, owner);
  return kept === undefined ? undefined : seal.open(kept, aboutOf(owner));
}

/**
 * For the start: what is kept in plain, or under an old seal, is sealed anew. Rejects with `UsageError` when what seals one
 * of them is missing.
 */
export async function resealWebhookSecrets(db: Database, seal: Seal): Promise<void> {
  for (const { owner, secret } of await db.select().from(webhookSecrets)) {
    const { kept } = seal.renew(secret, aboutOf(owner));
    if (kept === undefined) continue;
    await db
      .update(webhookSecrets)
      .set({ secret: kept })
      .where(and(eq(webhookSecrets.owner, owner), eq(webhookSecrets.secret, secret)));
  }
}

async function readKept(db: Database, owner: string): Promise<string | undefined> {
  const rows = await db
    .select({ secret: webhookSecrets.secret })
    .from(webhookSecrets)
    .where(eq(webhookSecrets.owner, owner));
  return rows[0]?.secret;
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
