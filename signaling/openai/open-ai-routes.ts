// The door of /v1: everything an OpenAI client speaks to, behind the guards that all of it has. Composes groups of routes,
// each in a file of its own; knows no table and no socket.
import { randomBytes } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from 'hono';
import type { Logger } from 'pino';
import { PoolError } from '../../protocol/errors.ts';
import { throwIssue } from '../http/answer-error.ts';
import { API_LIMITS, type ApiLimits, type Authenticate, type ModelEntry } from '../http/api-types.ts';
import type { JobService } from '../jobs/job-types.ts';
import { createCompletionRoutes } from './completion-routes.ts';
import { createJobRoutes, type JobRouteOptions } from './job-routes.ts';
import { KeptAnswers } from './kept-answers.ts';
import { createModelRoutes } from './model-routes.ts';
import type { Paying } from './paying.ts';

export interface OpenAiRoutesOptions {
  jobs: JobService;
  models(): readonly ModelEntry[];
  authenticate: Authenticate;
  receiptsOf: JobRouteOptions['receiptsOf'];
  limits?: Partial<ApiLimits>;
  logger: Logger;
  trustedProxies: number;
  /** Answers that have a name; undefined: an empty one of the usual bounds. */
  kept?: KeptAnswers;
  /** Where strangers may pay; undefined: nowhere. */
  paying?: Paying | undefined;
  /** Further groups under /v1: files and batches. */
  // biome-ignore lint/suspicious/noExplicitAny: groups differ in what their middleware hands on
  groups?: readonly OpenAPIHono<any>[];
}

/**
 * @example
 * app.route('/v1', createOpenAiRoutes({ jobs, models, authenticate, receiptsOf, logger, trustedProxies, groups: [batchRoutes] }));
 */
export function createOpenAiRoutes(options: OpenAiRoutesOptions): OpenAPIHono<Env> {
  const limits = { ...API_LIMITS, ...options.limits };
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  app.use('*', async (c, next) => {
    // A job's id takes its place as soon as there is one.
    c.header('x-request-id', `req_${randomBytes(12).toString('hex')}`);
    await next();
  });
  app.route('/', createModelRoutes(options.models, options.authenticate));
  app.route('/', createCompletionRoutes({ ...options, kept: options.kept ?? new KeptAnswers(), limits }));
  app.route('/', createJobRoutes(options));
  for (const group of options.groups ?? []) app.route('/', group);
  app.all('*', (c) => {
    throw new PoolError('not-found', `There is no ${c.req.method} ${c.req.path.slice(0, 200)} here.`);
  });
  return app;
}
