// Bodies and answers of /api/account.
import { z } from '@hono/zod-openapi';
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';

/** What a name or a password may be is the accounts' to say; here only how much of it is read. */
export const credentialsSchema = z
  .object({ name: z.string().max(200), password: z.string().max(1000) })
  .openapi('Credentials');

export const keyInfoSchema = z
  .object({
    id: z.string(),
    label: z.string(),
    prefix: z.string(),
    createdAt: z.string(),
    lastUsedAt: z.string().nullable(),
  })
  .openapi('ApiKey');

export const newKeySchema = keyInfoSchema
  .extend({ key: z.string().openapi({ description: 'Shown this once.' }) })
  .openapi('NewApiKey');

const amount = {
  credits: z.string().openapi({ description: 'Decimal.' }),
  micros: z.int().openapi({ description: 'Millionths of a credit.' }),
};

export const accountSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.string(),
    balance: z.object({ available: z.object(amount), held: z.object(amount) }),
    peers: z.array(z.string()),
  })
  .openapi('Account');

export const statementSchema = z
  .object({
    lines: z.array(
      z.object({
        eventId: z.string(),
        at: z.string(),
        kind: z.enum(['grant', 'hold', 'settle', 'release', 'claim']),
        bucket: z.enum(['available', 'held']),
        ...amount,
        job: z.string().nullable(),
      }),
    ),
    /** For `before`, to read on; null at the end. */
    next: z.string().nullable(),
  })
  .openapi('Statement');

export const statementQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().min(1).max(100).optional(),
});

export const newKeyBodySchema = z.object({ label: z.string().max(200).default('') });
export const claimSchema = z
  .object({ publicKey: z.string().max(200), signature: z.string().max(200) })
  .openapi('Claim');
/** The protocol's own schema is of zod/mini, which the OpenAPI generator cannot describe. */
export const peerParamSchema = z.object({
  id: z.custom<PeerId>((value) => peerIdSchema.safeParse(value).success, 'Not a peer’s id').openapi({ type: 'string' }),
});
export const peersSchema = z.object({ peers: z.array(z.string()) });
export const okSchema = z.object({ ok: z.literal(true) });
