// The durable queue of webhooks: each is sent until its receiver answers 2xx, with growing pauses, or given up. At least
// once: a receiver tells repeats by `webhook-id`.
import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull, lt, lte, or } from 'drizzle-orm';
import type { Logger } from 'pino';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Seal } from '../seal/create-seal.ts';
import { batchJson } from './batch-json.ts';
import type { BatchRow } from './batch-types.ts';
import { pauseMs } from './judge-failure.ts';
import { newId } from './new-id.ts';
import { type SendOptions, sendWebhook } from './send-webhook.ts';
import { webhookDeliveries } from './tables.ts';
import { findWebhookSecret, signWebhook } from './webhook-secrets.ts';

export interface WebhookOptions extends SendOptions {
  /** Opens the owners' secrets. */
  seal: Seal;
  /** The first pause; see `pauseMs`. */
  backoffMs: number;
  maxAttempts: number;
}

/** With these pauses (10 s to 11 min) a receiver may be away for more than half an hour. */
const DEFAULTS: Omit<WebhookOptions, 'seal'> = {
  allowLoopback: false,
  timeoutMs: 10_000,
  backoffMs: 10_000,
  maxAttempts: 10,
};

/** 410: the receiver wants no more (Standard Webhooks). */
const GONE = 410;

/** Tells whoever wanted to hear of it that this batch has ended: once, whatever is called again. */
export async function queueWebhook(db: Database, batch: BatchRow, now: Date): Promise<void> {
  if (!batch.webhook) return;
  const { id: batchId, owner, webhook: url } = batch;
  const body = JSON.stringify(batchJson(batch));
  await db
    .insert(webhookDeliveries)
    .values({ id: newId('msg_'), batchId, owner, url, body, state: 'waiting', notBefore: now })
    .onConflictDoNothing({ target: webhookDeliveries.batchId });
}

/** Sends the next one that is due. false: there is none. */
export async function deliverNext(
  db: Database,
  { logger, ...given }: Partial<WebhookOptions> & { logger: Logger; seal: Seal },
): Promise<boolean> {
  const options = { ...DEFAULTS, ...given };
  const delivery = await take(db, options.timeoutMs * 3);
  if (!delivery) return false;
  const { id, owner, url, body, lease } = delivery;
  const failure = await attempt(db, { id, owner, url, body }, options);
  const attempts = delivery.attempts + 1;
  const isOver = failure === undefined || failure.isFinal || attempts >= options.maxAttempts;
  const state = failure === undefined ? 'delivered' : isOver ? 'given-up' : 'waiting';
  await db
    .update(webhookDeliveries)
    .set({
      state,
      attempts,
      lease: null,
      leaseUntil: null,
      lastError: failure?.why ?? null,
      notBefore: new Date(Date.now() + pauseMs(attempts - 1, options.backoffMs)),
    })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.lease, lease)));
  logger.info({ webhook: id, batch: delivery.batchId, state, attempts, why: failure?.why }, 'webhook tried');
  return true;
}

async function attempt(
  db: Database,
  message: { id: string; owner: string; url: string; body: string },
  options: WebhookOptions,
): Promise<{ why: string; isFinal: boolean } | undefined> {
  const secret = await findWebhookSecret(db, options.seal, message.owner);
  if (!secret) return { why: 'no-secret', isFinal: true };
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const headers = signWebhook(secret, { id: message.id, timestamp, body: message.body });
    const status = await sendWebhook({ url: message.url, body: message.body, headers }, options);
    if (status >= 200 && status < 300) return undefined;
    return { why: `status ${status}`, isFinal: status === GONE };
  } catch (thrown) {
    const { code } = PoolError.from(thrown);
    return { why: code, isFinal: code === 'bad-request' };
  }
}

async function take(db: Database, leaseMs: number) {
  const now = new Date();
  return db.transaction(async (tx) => {
    const [found] = await tx
      .select()
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.state, 'waiting'),
          lte(webhookDeliveries.notBefore, now),
          or(isNull(webhookDeliveries.leaseUntil), lt(webhookDeliveries.leaseUntil, now)),
        ),
      )
      .orderBy(asc(webhookDeliveries.notBefore))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!found) return undefined;
    const lease = randomUUID();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    await tx.update(webhookDeliveries).set({ lease, leaseUntil }).where(eq(webhookDeliveries.id, found.id));
    return { ...found, lease };
  });
}
