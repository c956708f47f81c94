// Middleware for routes with a JSON body: reads at most so many bytes and refuses what nests too deep. Must run before the
// schema does.
import type { MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { ApiLimits } from './api-types.ts';
import { boundBody } from './bound-body.ts';
import { nestsDeeper } from './check-json-depth.ts';

export function boundJson(limits: Pick<ApiLimits, 'bodyBytes' | 'jsonDepth'>): MiddlewareHandler[] {
  return [
    boundBody(limits.bodyBytes),
    async (c, next) => {
      if (nestsDeeper(await c.req.text(), limits.jsonDepth)) {
        throw new PoolError('bad-request', `JSON may nest at most ${limits.jsonDepth} deep.`);
      }
      await next();
    },
  ];
}
