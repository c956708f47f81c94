// Branded identifiers. A string becomes one of these only by passing its parser, at the edge.
import * as z from 'zod/mini';

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

/** `owner/name` on the hub; the owner may be missing nowhere, so that a path can never escape its folder. */
export const repoSchema = z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/));

/** A branch, tag or commit of a repository. */
export const revisionSchema = z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,127}$/));

/** Weight format, named as transformers.js names it. */
export const dtypeSchema = z.enum(['fp32', 'fp16', 'q4', 'q4f16', 'q8', 'int8', 'uint8', 'bnb4']);
export type Dtype = z.infer<typeof dtypeSchema>;

/** What a pool serves: one model at one revision in one weight format. */
export const modelRefSchema = z.object({ repo: repoSchema, revision: revisionSchema, dtype: dtypeSchema });
export type ModelRef = z.infer<typeof modelRefSchema>;

/** `repo@revision:dtype`, the name of a pool. */
export type PoolId = string & { readonly __brand: 'PoolId' };

export const poolIdOf = (model: ModelRef): PoolId => `${model.repo}@${model.revision}:${model.dtype}` as PoolId;

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
