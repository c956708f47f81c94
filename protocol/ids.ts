// Branded identifiers. A string becomes one of these only by passing its parser, at the edge.
import * as z from 'zod/mini';
import { DTYPES, REPO_PATTERN, REVISION_PATTERN, SLUG_PATTERN } from './names.ts';
import { readPoolId } from './pool-id.ts';

export {
  type Dtype,
  type ModelRef,
  modelOf,
  type PoolId,
  type PoolRef,
  poolIdOf,
  poolRefOf,
  readPoolId,
} from './pool-id.ts';

/** 32 hex characters: the first 16 bytes of SHA-256 over the peer's raw public key. Valid as a PeerJS id. */
export const peerIdSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{32}$/))
  .brand<'PeerId'>();
export type PeerId = z.infer<typeof peerIdSchema>;

/** 16 hex characters: 64 random bits chosen by the driver; names one conversation's KV cache. */
export const sessionIdSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{16}$/))
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;

export const repoSchema = z.string().check(z.regex(REPO_PATTERN));
export const revisionSchema = z.string().check(z.regex(REVISION_PATTERN));
export const dtypeSchema = z.enum(DTYPES);

/** What a pool serves: one model at one revision in one weight format. */
export const modelRefSchema = z.object({ repo: repoSchema, revision: revisionSchema, dtype: dtypeSchema });

/** Tells pools of one model apart: small letters, digits and hyphens, at most 40. */
export const slugSchema = z.string().check(z.regex(SLUG_PATTERN));

/** Longest name of a pool: two repository parts, a revision, a dtype, a slug and what stands between them. */
export const MAX_POOL_ID_CHARS = 400;

/** `repo@revision:dtype` or `repo@revision:dtype/slug`: the name of a pool. */
export const poolIdSchema = z
  .string()
  .check(
    z.maxLength(MAX_POOL_ID_CHARS),
    z.refine((text) => readPoolId(text) !== undefined),
  )
  .brand<'PoolId'>();
/** A fresh session id from the platform's random source. */
export function newSessionId(): SessionId {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') as SessionId;
}

/** 32 hex characters: 128 random bits of the orchestrator; names one request from admission to settlement. */
export const jobIdSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{32}$/))
  .brand<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;
