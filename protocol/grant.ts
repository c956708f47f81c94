// The permission to run one job: the orchestrator holds the payer's credits and says so to the stages. A stage opens no session
// without one. Pure.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { serverIdOf } from './identity.ts';
import { jobIdSchema, MAX_POOL_ID_CHARS, type PeerId, peerIdSchema } from './ids.ts';
import { MAX_CHOICES } from './limits.ts';
import { openToken, type SignText, sealToken } from './signed-token.ts';

const count = z.number().check(z.int(), z.gte(0));

export const grantSchema = z.object({
  job: jobIdSchema,
  /** 32 hex characters, fresh per job: receipts repeat it, so that none can be used twice. */
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  pool: z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)),
  driver: peerIdSchema,
  /** Sessions that the job may open at a stage, one per choice. */
  sessions: z.number().check(z.int(), z.gte(1), z.lte(MAX_CHOICES)),
  /** No session of it computes this position or a later one: what is held pays for no more. */
  maxPosition: count,
  /** How long the prompt is, as its driver told the orchestrator: what is behind it is the answer, and has been signed for. */
  promptTokens: count,
  /** Devices of whoever asks: there its frames go first. */
  own: z.array(peerIdSchema).check(z.maxLength(32)),
  /** Tokens that its loop may be ahead of what its driver has signed for; absent: as many as the driver asks for. */
  ahead: z.optional(count),
  /** Seconds since 1970. */
  expires: count,
});
export type Grant = z.infer<typeof grantSchema>;

export const sealGrant = (grant: Grant, sign: SignText): string => sealToken('grant', grant, sign);

/** A grant, and whose it is. */
export interface OpenGrant extends Grant {
  /** `serverIdOf` the key that signed it. */
  server: PeerId;
}

/** A grant that `driver` shows. Throws `grant-refused`: forged, expired, another driver's or pool's. */
export async function openGrant(
  token: string,
  expected: { publicKey: string; driver: PeerId; pool: string; nowSeconds?: number | undefined },
): Promise<OpenGrant> {
  const grant = await openToken('grant', token, { ...expected, schema: grantSchema });
  if (grant.driver !== expected.driver) throw new PoolError('grant-refused', 'The grant is another driver’s.');
  if (grant.pool !== expected.pool) throw new PoolError('grant-refused', 'The grant is for another pool.');
  return { ...grant, server: await serverIdOf(expected.publicKey) };
}
