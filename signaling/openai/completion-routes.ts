// POST /v1/chat/completions and /v1/completions: who asks, what for, and off it goes.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { throwIssue } from '../http/answer-error.ts';
import type { ApiLimits, Authenticate, Caller, ModelEntry } from '../http/api-types.ts';
import { boundJson } from '../http/bound-json.ts';
import { jsonBody, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { type StrangerEnv, takeCaller } from '../http/require-caller.ts';
import { chatAnswerSchema, completionAnswerSchema, quoteSchema } from './answer-schema.ts';
import { chatBodySchema } from './chat-schema.ts';
import { completionBodySchema } from './completion-schema.ts';
import { giveAgain, type KeepContext, keepRequest, nameOf } from './keep-request.ts';
import type { Paying } from './paying.ts';
import { type PreparedRequest, prepareChat, prepareCompletion } from './prepare-request.ts';
import { runRequest } from './run-request.ts';

export interface CompletionRouteOptions extends KeepContext {
  models(): readonly ModelEntry[];
  authenticate: Authenticate;
  limits: ApiLimits;
  /** Where strangers may pay: undefined: nowhere. */
  paying?: Paying | undefined;
}

const answers = <T extends z.ZodType>(schema: T) => ({
  200: {
    description: 'The answer; with `stream` its chunks as server-sent events; with `dry_run` a quote.',
    content: {
      'application/json': { schema: z.union([schema, quoteSchema]) },
      'text/event-stream': { schema: z.string() },
    },
  },
  ...OPEN_AI_FAILURE,
});

/** As long as a name may be that a client draws by itself, and far more than chance needs. */
const MAX_NAME_CHARS = 200;

const headers = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(MAX_NAME_CHARS)
    .optional()
    .openapi({
      description:
        'Extension. A name for this request that no other of yours has: the answer is computed to its end whoever hangs up, and ' +
        'sent again to whoever repeats request and name, until five minutes after its end.',
    }),
  'last-event-id': z.string().max(MAX_NAME_CHARS).optional().openapi({
    description: 'Beside that name: the `id` of the last event that came, to have the stream from there.',
  }),
});

const chatRoute = createRoute({
  method: 'post',
  path: '/chat/completions',
  tags: ['completions'],
  summary: 'Answer a conversation',
  security: SECURITY,
  request: { headers, body: jsonBody(chatBodySchema) },
  responses: answers(chatAnswerSchema),
});

const completionRoute = createRoute({
  method: 'post',
  path: '/completions',
  tags: ['completions'],
  summary: 'Continue a text',
  security: SECURITY,
  request: { headers, body: jsonBody(completionBodySchema) },
  responses: answers(completionAnswerSchema),
});

export function createCompletionRoutes(options: CompletionRouteOptions): OpenAPIHono<StrangerEnv> {
  const { authenticate, limits, models, paying } = options;
  const app = new OpenAPIHono<StrangerEnv>({ defaultHook: throwIssue });
  // Who it is comes first: a stranger's body is not read. Whether it still counts when all is there, the job's way in asks.
  for (const path of [chatRoute.path, completionRoute.path]) {
    app.use(path, takeCaller(authenticate, paying !== undefined), ...boundJson(limits));
  }
  const answer = async (
    c: Context<StrangerEnv>,
    { dry_run: isDryRun }: { dry_run?: boolean | null | undefined },
    prepare: () => PreparedRequest,
  ): Promise<Response> => {
    const caller = c.get('caller');
    const name = isDryRun ? undefined : await nameOf(c);
    if (name) {
      const again = caller ? undefined : await paying?.paidAgain(c);
      const owner = caller?.owner ?? again?.owner;
      // A key may have been revoked while its request came in; what a deposit has paid for stays its payer's.
      const confirm = async (): Promise<void> => (caller?.account ? caller.confirm() : again?.tell());
      const given = owner && (await giveAgain(c, { ...name, owner }, confirm, options));
      if (given) return given;
    }
    const prepared = prepare();
    const run = (who: Pick<Caller, 'owner' | 'confirm'>): Promise<Response> =>
      name ? keepRequest(c, prepared, who, name, options) : runRequest(c, prepared, who, options);
    if (caller) return run(caller);
    const paid = await paying!.payForAnswer(c, prepared, options);
    if (paid instanceof Response) return paid;
    return run(paid).catch(async (thrown) => {
      // Where even that fails it goes back by itself, a little later.
      await paid.giveBack(thrown).catch(() => undefined);
      throw thrown;
    });
  };
  app.openapi(chatRoute, async (c) => {
    const body = c.req.valid('json');
    return answer(c, body, () => prepareChat(body, { models: models(), limits }));
  });
  app.openapi(completionRoute, async (c) => {
    const body = c.req.valid('json');
    return answer(c, body, () => prepareCompletion(body, { models: models(), limits }));
  });
  return app;
}
