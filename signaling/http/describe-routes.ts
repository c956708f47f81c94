// Pieces of route descriptions that several groups share: security, JSON bodies and answers, OpenAI's answer to errors.
import { z } from '@hono/zod-openapi';

/** Below /v1: an API key, or the site's own cookie. */
export const SECURITY: Record<string, string[]>[] = [{ bearer: [] }, { session: [] }];

/** Below /api: a person who is logged in. */
export const LOGIN_ONLY: Record<string, string[]>[] = [{ session: [] }];

/** Below /api/admin: the server's owner. */
export const ADMIN_ONLY: Record<string, string[]>[] = [{ admin: [] }, { ownerToken: [] }];

const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi('OpenAiError');

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** For `request.body`: required, so that a body of another kind is refused and not passed by. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const OPEN_AI_FAILURE = { default: json(openAiErrorSchema, 'What failed, in OpenAI’s shape.') };
