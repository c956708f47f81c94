// POST /v1/chat/completions and /v1/completions: who asks, what for, and off it goes.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { throwIssue } from '../http/answer-error.ts';
import type { ApiLimits, Authenticate, ModelEntry } from '../http/api-types.ts';
import { boundJson } from '../http/bound-json.ts';
import { jsonBody, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { type StrangerEnv, takeCaller } from '../http/require-caller.ts';
import { chatAnswerSchema, completionAnswerSchema, quoteSchema } from './answer-schema.ts';
import { chatBodySchema } from './chat-schema.ts';
import { completionBodySchema } from './completion-schema.ts';
import type { Paying } from './paying.ts';
import { type PreparedRequest, prepareChat, prepareCompletion } from './prepare-request.ts';
import { type RunContext, runRequest } from './run-request.ts';

export interface CompletionRouteOptions extends RunContext {
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

const chatRoute = createRoute({
  method: 'post',
  path: '/chat/completions',
  tags: ['completions'],
  summary: 'Answer a conversation',
  security: SECURITY,
  request: { body: jsonBody(chatBodySchema) },
  responses: answers(chatAnswerSchema),
});

const completionRoute = createRoute({
  method: 'post',
  path: '/completions',
  tags: ['completions'],
  summary: 'Continue a text',
  security: SECURITY,
  request: { body: jsonBody(completionBodySchema) },
  responses: answers(completionAnswerSchema),
});

export function createCompletionRoutes(options: CompletionRouteOptions): OpenAPIHono<StrangerEnv> {
  const { authenticate, limits, models, paying } = options;
  const app = new OpenAPIHono<StrangerEnv>({ defaultHook: throwIssue });
  // Who it is comes first: a stranger's body is not read. Whether it still counts when all is there, the job's way in asks.
  for (const path of [chatRoute.path, completionRoute.path]) {
    app.use(path, takeCaller(authenticate, paying !== undefined), ...boundJson(limits));
  }
  const answer = async (c: Context<StrangerEnv>, prepared: PreparedRequest): Promise<Response> => {
    const caller = c.get('caller');
    if (caller) return runRequest(c, prepared, caller, options);
    const paid = await paying!.payForAnswer(c, prepared, options);
    if (paid instanceof Response) return paid;
    return runRequest(c, prepared, paid, options).catch(async (thrown) => {
      // Where even that fails it goes back by itself, a little later.
      await paid.giveBack(thrown).catch(() => undefined);
      throw thrown;
    });
  };
  app.openapi(chatRoute, async (c) => {
    return answer(c, prepareChat(c.req.valid('json'), { models: models(), limits }));
  });
  app.openapi(completionRoute, async (c) => {
    return answer(c, prepareCompletion(c.req.valid('json'), { models: models(), limits }));
  });
  return app;
}
