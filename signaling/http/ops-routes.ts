// What machines that watch this one ask: alive, ready, numbers. `/metrics` is for this machine or a token's holder only.
import { type Context, Hono } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { MetricsAccess } from '../config/config-types.ts';
import type { Metrics } from '../observe/metric-types.ts';
import { incomingOf, isLoopback } from './client-address.ts';
import { isSameSecret } from './is-same-secret.ts';
import { retryAfter } from './open-ai-error.ts';

/** A thing that must work before requests are sent here. Rejects with why it does not, or resolves. */
export interface ReadinessCheck {
  name: string;
  check(): Promise<void> | void;
}

export interface OpsRoutesOptions {
  metrics: Pick<Metrics, 'read'>;
  access: MetricsAccess;
  checks: readonly ReadinessCheck[];
  /** Added to `/healthz`: counts for people. Must be cheap, and never wait. */
  health?(): Record<string, unknown>;
}

/** Longer than this is not ready: whoever asks has a timeout too. */
const CHECK_TIMEOUT_MS = 2_000;
const NO_STORE = { 'Cache-Control': 'no-store' };

/** `/healthz`, `/readyz` and `/metrics`. */
export function opsRoutes({ metrics, access, checks, health }: OpsRoutesOptions): Hono {
  const startedAtMs = performance.now();
  const routes = new Hono();
  routes.get('/healthz', (c) => {
    const uptimeSeconds = Math.floor((performance.now() - startedAtMs) / 1000);
    return c.json({ status: 'ok', uptimeSeconds, ...health?.() }, 200, NO_STORE);
  });
  routes.get('/readyz', async (c) => {
    const reasons = (await Promise.all(checks.map(reasonOf))).filter((reason) => reason !== undefined);
    const isReady = reasons.length === 0;
    const later = isReady ? {} : retryAfter(new PoolError('unavailable', 'It is not ready.'));
    return c.json({ status: isReady ? 'ready' : 'not-ready', reasons }, isReady ? 200 : 503, { ...NO_STORE, ...later });
  });
  routes.get('/metrics', async (c) => {
    if (!mayWatch(access, c)) throw new PoolError('not-found', 'There is nothing here.');
    const { text, contentType } = await metrics.read();
    return c.body(text, 200, { 'Content-Type': contentType, ...NO_STORE });
  });
  return routes;
}

/** Why it fails, in one sentence without the failure's own words: a driver's error may hold an address. */
async function reasonOf({ name, check }: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([Promise.resolve().then(check), late]);
    return undefined;
  } catch (error) {
    return error instanceof PoolError ? `${name}: ${error.message}` : `${name} does not answer.`;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether it comes from whoever runs this server: from this machine, or with the token. */
export function mayWatch(access: MetricsAccess, c: Context): boolean {
  if (access.kind === 'loopback') {
    const incoming = incomingOf(c);
    return incoming !== undefined && isLoopback(incoming);
  }
  if (access.kind === 'off') return false;
  const shown = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  return isSameSecret(shown, access.token);
}
