// The durable queue of webhooks: each is sent until its receiver answers 2xx, with growing pauses, or given up. At least
// once: a receiver tells repeats by `webhook-id`. Whose turn it is, webhook-lanes.ts says.
import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull, lt, lte, or, sql } from 'drizzle-orm';
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
import { type DueWebhook, type LaneName, WebhookLanes } from './webhook-lanes.ts';
import { findWebhookSecret, signWebhook } from './webhook-secrets.ts';

export interface WebhookOptions extends SendOptions {
  /** Opens the owners' secrets. */
  seal: Seal;
  /** A receiver that has not answered by then is slow: it is tried again at once, in the lane of the slow ones. */
  fastMs: number;
  /** The first pause; see `pauseMs`. */
  backoffMs: number;
  maxAttempts: number;
  logger: Logger;
}

/** With these pauses (10 s to 11 min) a receiver may be away for more than half an hour. */
const DEFAULTS = { allowLoopback: false, fastMs: 2500, timeoutMs: 10_000, backoffMs: 10_000, maxAttempts: 10 };

/** What is looked at of one owner: the first that is due of so many receivers. */
const MOST_RECEIVERS = 16;

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

export interface WebhookQueue {
  /**
   * Sends the next one of this lane. false: there is none whose turn it is.
   *
   * @param onTaken called before it is sent.
   */
  deliverNext(lane: LaneName, onTaken?: () => void): Promise<boolean>;
}

/** One for a process: it counts what is being sent. */
export function createWebhookQueue(
  db: Database,
  given: Partial<WebhookOptions> & Pick<WebhookOptions, 'logger' | 'seal'>,
): WebhookQueue {
  const options = { ...DEFAULTS, ...given };
  const lanes = new WebhookLanes();
  return {
    async deliverNext(lane, onTaken) {
      const turn = lanes.begin(lane, await listDue(db));
      if (!turn) return false;
      let isLate = false;
      try {
        const delivery = await take(db, turn.webhook.id, options.timeoutMs * 3);
        // Another process was first: there may be more.
        if (!delivery) return true;
        onTaken?.();
        const timeoutMs = lane === 'fast' ? Math.min(options.fastMs, options.timeoutMs) : options.timeoutMs;
        isLate = await tryOnce(db, delivery, lane, { ...options, timeoutMs });
      } finally {
        turn.end(isLate ? 'late' : 'in time');
      }
      return true;
    },
  };
}

type Delivery = typeof webhookDeliveries.$inferSelect & { lease: string };

/** Whether the receiver was slow. One that was so in the fast lane for the first time has not had its try yet. */
async function tryOnce(db: Database, delivery: Delivery, lane: LaneName, options: WebhookOptions): Promise<boolean> {
  const { id, lease } = delivery;
  const beganMs = performance.now();
  const failure = await attempt(db, delivery, options);
  const isLate = failure?.isLate === true || (lane === 'slow' && performance.now() - beganMs > options.fastMs);
  const isMoved = failure?.isLate === true && lane === 'fast';
  const attempts = delivery.attempts + (isMoved ? 0 : 1);
  const isOver = failure === undefined || failure.isFinal || attempts >= options.maxAttempts;
  const state = failure === undefined ? 'delivered' : isOver ? 'given-up' : 'waiting';
  const waitMs = isMoved ? 0 : pauseMs(attempts - 1, options.backoffMs);
  await db
    .update(webhookDeliveries)
    .set({
      ...{ state, attempts, lease: null, leaseUntil: null },
      lastError: failure?.why ?? null,
      notBefore: new Date(Date.now() + waitMs),
    })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.lease, lease)));
  options.logger.info(
    { webhook: id, batch: delivery.batchId, lane, state, attempts, why: failure?.why },
    'webhook tried',
  );
  return isLate;
}

async function attempt(
  db: Database,
  message: { id: string; owner: string; url: string; body: string },
  options: WebhookOptions,
): Promise<{ why: string; isFinal: boolean; isLate?: boolean } | undefined> {
  try {
    const secret = await findWebhookSecret(db, options.seal, message.owner);
    if (!secret) return { why: 'no-secret', isFinal: true };
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = signWebhook(secret, { id: message.id, timestamp, body: message.body });
    const status = await sendWebhook({ url: message.url, body: message.body, headers }, options);
    if (status >= 200 && status < 300) return undefined;
    return { why: `status ${status}`, isFinal: status === GONE };
  } catch (thrown) {
    const { code, data } = PoolError.from(thrown);
    return { why: code, isFinal: code === 'bad-request', isLate: data?.isLate === true };
  }
}

/** What may be sent now and by nobody else: of each owner the first for each of some receivers, oldest first. */
async function listDue(db: Database): Promise<DueWebhook[]> {
  const { id, owner, url, notBefore } = webhookDeliveries;
  const receiver = sql`split_part(${url}, '/', 3)`;
  const first = sql<number>`row_number() over (partition by ${owner}, ${receiver} order by ${notBefore}, ${id})`;
  const due = db
    .select({ id, owner, url, notBefore, first: first.as('first') })
    .from(webhookDeliveries)
    .where(isDue(new Date()))
    .as('due');
  const nth = sql<number>`row_number() over (partition by ${due.owner} order by ${due.notBefore}, ${due.id})`;
  const firsts = db
    .select({ id: due.id, owner: due.owner, url: due.url, notBefore: due.notBefore, nth: nth.as('nth') })
    .from(due)
    .where(eq(due.first, 1))
    .as('firsts');
  return db
    .select({ id: firsts.id, owner: firsts.owner, url: firsts.url })
    .from(firsts)
    .where(lte(firsts.nth, MOST_RECEIVERS))
    .orderBy(asc(firsts.notBefore), asc(firsts.id));
}

const isDue = (now: Date) =>
  and(
    eq(webhookDeliveries.state, 'waiting'),
    lte(webhookDeliveries.notBefore, now),
    or(isNull(webhookDeliveries.leaseUntil), lt(webhookDeliveries.leaseUntil, now)),
  );

/** undefined: it is another's by now. */
async function take(db: Database, id: string, leaseMs: number): Promise<Delivery | undefined> {
  const now = new Date();
  const lease = randomUUID();
  const [taken] = await db
    .update(webhookDeliveries)
    .set({ lease, leaseUntil: new Date(now.getTime() + leaseMs) })
    .where(and(eq(webhookDeliveries.id, id), isDue(now)))
    .returning();
  return taken ? { ...taken, lease } : undefined;
}
