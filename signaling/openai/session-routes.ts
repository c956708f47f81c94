// /v1/computepool/sessions: a paid session, opened by an x402 payment, used by its key, ended by whoever paid, and its log for payer and
// operators.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { getAddress, isAddress } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { ApiLimits, Authenticate, ModelEntry } from '../http/api-types.ts';
import { shownKey } from '../http/authenticate.ts';
import { boundJson } from '../http/bound-json.ts';
import { json, jsonBody, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { formatDollars, weiOfDollars } from '../payments/amounts.ts';
import type { PaidSession } from '../payments/paid-session.ts';
import { paymentRequired, readPayment, repeatOf, tellPaid } from '../payments/payment-headers.ts';
import type { Payments } from '../payments/payments.ts';
import { readWorkflows } from '../payments/read-workflows.ts';
import { isSessionKey } from '../payments/session-keys.ts';
import { workflowsOf } from '../payments/session-workflows.ts';
import type { JobEvidence } from '../settlement/receipt-store.ts';
import { describeSession, sessionSchema } from './describe-session.ts';
import { findModel } from './find-model.ts';

export interface SessionRouteOptions {
  payments: Payments;
  models(): readonly ModelEntry[];
  authenticate: Authenticate;
  /** Devices of an account: their work is in a session's log. */
  peersOf(account: string): Promise<readonly PeerId[]>;
  /** All that was kept for a job. */
  receiptsOf(job: JobId): Promise<JobEvidence>;
  limits: ApiLimits;
}

const MAX_SECONDS = 24 * 3600;
const MAX_DOLLARS = 1000;
const NO_STORE = { 'Cache-Control': 'no-store' };

const bodySchema = z
  .strictObject({
    model: z.string().min(1).max(400),
    seconds: z.number().positive().max(MAX_SECONDS).optional(),
    dollars: z.number().positive().max(MAX_DOLLARS).optional(),
    mode: z.enum(['auto', 'stream', 'ticks']).optional(),
    payer: z
      .string()
      .refine(
        (text) => isAddress(text, { strict: false }) && BigInt(text) > 0n,
        'must be an address: 0x and 40 hexadecimal digits',
      )
      .optional(),
  })
  .openapi('NewSession');

const topUpSchema = z.strictObject({ dollars: z.number().positive().max(MAX_DOLLARS) }).openapi('TopUp');

const servedSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.looseObject({
        id: z.string(),
        your_usdc: z.string().openapi({ description: 'What receipts of your tabs are worth to you.' }),
      }),
    ),
  })
  .openapi('ServedSessions');

const logSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.looseObject({
        step: z.string(),
        transaction: z.string(),
        state: z.enum(['signed', 'mined', 'reverted', 'replaced']),
      }),
    ),
  })
  .openapi('SessionLog');

const workflowsSchema = z
  .object({ object: z.literal('list'), data: z.array(z.looseObject({ name: z.string() })) })
  .openapi('SessionWorkflows');

const MAX_WORKFLOWS = 50;
const fileSchema = z
  .strictObject({
    workflows: z.array(z.unknown()).min(1).max(MAX_WORKFLOWS).openapi({ description: 'As they were exported.' }),
  })
  .openapi('WorkflowFile');

const readWorkflowsSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.looseObject({
        name: z.string(),
        transition: z.string(),
        trigger: z.looseObject({ type: z.string() }),
        inputs: z.array(z.string()).openapi({ description: 'What it waits for; none: anybody may send it as it is.' }),
      }),
    ),
  })
  .openapi('ReadWorkflows');

const receiptsSchema = z
  .object({ object: z.literal('list'), data: z.array(z.looseObject({ signature: z.string() })) })
  .openapi('SessionReceipts');

const params = z.object({ id: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be the id of a session') });
const base = { tags: ['sessions'], security: SECURITY };

const openRoute = createRoute({
  ...{
    method: 'post',
    path: '/computepool/sessions',
    tags: ['sessions'],
    summary: 'Pay for a session of a market pool (x402)',
  },
  request: { body: jsonBody(bodySchema) },
  responses: {
    201: json(sessionSchema, 'Paid: `key` is the API key of any OpenAI client until the deposit ends.'),
    ...OPEN_AI_FAILURE,
  },
});
const readRoute = createRoute({
  ...{ ...base, method: 'get', path: '/computepool/sessions/{id}', summary: 'A paid session' },
  request: { params },
  responses: { 200: json(sessionSchema, 'As it is now.'), ...OPEN_AI_FAILURE },
});
const endRoute = createRoute({
  ...{
    ...base,
    method: 'delete',
    path: '/computepool/sessions/{id}',
    summary: 'End a paid session: the rest goes back',
  },
  request: { params },
  responses: { 202: json(sessionSchema, 'It ends.'), ...OPEN_AI_FAILURE },
});
const topUpRoute = createRoute({
  ...{ ...base, method: 'post', path: '/computepool/sessions/{id}/top-up', summary: 'Pay more for a session (x402)' },
  request: { params, body: jsonBody(topUpSchema) },
  responses: { 200: json(sessionSchema, 'As it is with the new money.'), ...OPEN_AI_FAILURE },
});
const servedRoute = createRoute({
  ...{ ...base, method: 'get', path: '/computepool/sessions', summary: 'Paid sessions that your tabs worked for' },
  responses: { 200: json(servedSchema, 'Newest first.'), ...OPEN_AI_FAILURE },
});
const logRoute = createRoute({
  ...{ ...base, method: 'get', path: '/computepool/sessions/{id}/log', summary: 'Transactions of a paid session' },
  request: { params },
  responses: { 200: json(logSchema, 'In their order.'), ...OPEN_AI_FAILURE },
});

const workflowsRoute = createRoute({
  ...{
    ...base,
    method: 'get',
    path: '/computepool/sessions/{id}/workflows',
    summary: 'A paid session’s transitions as workflows',
  },
  request: { params },
  responses: { 200: json(workflowsSchema, 'In the shape that KeeperHub imports.'), ...OPEN_AI_FAILURE },
});
const readWorkflowsRoute = createRoute({
  ...{
    ...base,
    method: 'post',
    path: '/computepool/sessions/{id}/workflows',
    summary: 'Read a file of workflows again; nothing of it is run',
  },
  request: { params, body: jsonBody(fileSchema) },
  responses: { 200: json(readWorkflowsSchema, 'What each would do, and what it waits for.'), ...OPEN_AI_FAILURE },
});
const receiptsRoute = createRoute({
  ...{
    ...base,
    method: 'get',
    path: '/computepool/sessions/{id}/receipts',
    summary: 'Signed receipts of a paid session',
  },
  request: { params },
  responses: {
    200: json(receiptsSchema, 'All of them for who has paid; for others those of their own tabs.'),
    ...OPEN_AI_FAILURE,
  },
});

/** A group of `/v1`, where a chain is configured. */
export function createSessionRoutes({
  payments,
  models,
  authenticate,
  peersOf,
  receiptsOf,
  limits,
}: SessionRouteOptions): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  for (const bound of boundJson(limits)) {
    for (const { path } of [openRoute, topUpRoute, readWorkflowsRoute]) app.post(path.replace('{id}', ':id'), bound);
  }
  const describe = (session: PaidSession) => describeSession(session, payments);

  const find = async (c: Context, id: string, isPayerOnly: boolean): Promise<PaidSession> => {
    const session = await payments.read(id);
    const key = shownKey(c);
    if (key !== undefined && isSessionKey(key)) {
      if (session && payments.isKeyOf(session, key)) return session;
    } else {
      const { account } = await authenticate(c);
      const peers = account && session && !isPayerOnly ? await peersOf(account.id) : [];
      if (peers.some((peer) => session?.peers.has(peer))) return session!;
    }
    throw new PoolError('not-found', 'You have no paid session with this id.', { data: { param: 'id' } });
  };

  app.openapi(openRoute, async (c) => {
    const { model, seconds, dollars, mode, payer } = c.req.valid('json');
    if ((seconds === undefined) === (dollars === undefined)) {
      throw new PoolError('bad-request', "Say either 'seconds' or 'dollars'.", { data: { param: 'seconds' } });
    }
    const { pool } = findModel(models(), model);
    const want = seconds === undefined ? { dollarsWei: weiOfDollars(dollars!) } : { seconds };
    const terms = {
      ...(mode === undefined || mode === 'auto' ? {} : { mode }),
      ...(payer === undefined ? {} : { payer: getAddress(payer) }),
    };
    try {
      const payload = readPayment(c);
      if (!payload) throw new PoolError('payment-required', 'A session is opened by its payment.');
      const aim = await payments.aimOf(payload);
      if (aim.kind !== 'session' || aim.pool !== pool) {
        throw new PoolError('payment-rejected', 'The payment is for something else.');
      }
      const paid = await payments.take(payload, repeatOf(c));
      tellPaid(c, paid, payments.network);
      return c.json({ ...(await describe(paid.session)), key: paid.key }, 201);
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (error.status !== 402) throw thrown;
      return paymentRequired(c, await payments.offer(pool, 'session', want, terms), error) as never;
    }
  });
  app.openapi(topUpRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, true);
    const { dollars } = c.req.valid('json');
    try {
      const payload = readPayment(c);
      if (!payload) throw new PoolError('payment-required', 'A session is topped up by a payment.');
      const transaction = await payments.topUps.take(session, payload);
      if (transaction) tellPaid(c, { session, transaction }, payments.network);
      return c.json(await describe(session), 200, NO_STORE);
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (error.status !== 402 || error.code === 'deposit-spent') throw thrown;
      return paymentRequired(c, payments.topUps.offer(session, weiOfDollars(dollars)), error) as never;
    }
  });
  app.openapi(readRoute, async (c) =>
    c.json(await describe(await find(c, c.req.valid('param').id, false)), 200, NO_STORE),
  );
  app.openapi(servedRoute, async (c) => {
    const { account } = await authenticate(c);
    const peers = account ? await peersOf(account.id) : [];
    const sessions = await payments.reports.listOf({ peers, pools: [] });
    const data = await Promise.all(
      sessions.map(async (session) => {
        const { worthWei, hadWei } = payments.reports.earnedBy(session, peers);
        const paid = session.state === 'over' ? worthWei : hadWei;
        return {
          ...(await describe(session)),
          ...{ your_usdc: formatDollars(worthWei), your_paid_usdc: formatDollars(paid) },
        };
      }),
    );
    return c.json({ object: 'list' as const, data }, 200, NO_STORE);
  });
  app.openapi(endRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, true);
    if (session.state === 'live') await payments.end(session);
    return c.json(await describe(session), 202, NO_STORE);
  });
  app.openapi(logRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, false);
    const rows = await payments.logOf(session);
    const data = rows.map(({ step, hash, state, block, minedAt, gasUsed }) => ({
      ...{ step, transaction: hash, state, block, gas_used: gasUsed },
      at: minedAt ? Math.floor(minedAt.getTime() / 1000) : null,
    }));
    return c.json({ object: 'list' as const, data }, 200, NO_STORE);
  });
  app.openapi(workflowsRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, false);
    return c.json(
      { object: 'list' as const, data: workflowsOf(session, payments.reports.placeOf(session)) },
      200,
      NO_STORE,
    );
  });
  app.openapi(readWorkflowsRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, false);
    const data = readWorkflows(c.req.valid('json').workflows, session, payments.reports.placeOf(session));
    return c.json({ object: 'list' as const, data: data.map((each) => ({ ...each })) }, 200, NO_STORE);
  });
  app.openapi(receiptsRoute, async (c) => {
    const session = await find(c, c.req.valid('param').id, false);
    const key = shownKey(c);
    const isPayer = key !== undefined && isSessionKey(key);
    const account = isPayer ? undefined : (await authenticate(c)).account;
    const peers = new Set(account ? await peersOf(account.id) : []);
    const evidence = await Promise.all((await payments.reports.jobsOf(session)).map(receiptsOf));
    const data = evidence.flatMap(({ stages }) => stages.filter(({ receipt }) => isPayer || peers.has(receipt.peer)));
    return c.json({ object: 'list' as const, data }, 200, NO_STORE);
  });
  return app;
}
