// What an OPEN frame says: who drives the session and how its tokens are sampled.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { peerIdSchema } from '../../protocol/ids.ts';
import { samplingSchema } from '../../protocol/sampling.ts';

const MAX_OPEN_BYTES = 4096;

const openSchema = z.object({ driver: peerIdSchema, sampling: samplingSchema });
export type OpenSession = z.infer<typeof openSchema>;

export const packJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Parses a JSON payload of a hostile peer. Throws `bad-frame`. */
export function unpackJson(payload: Uint8Array): unknown {
  if (payload.byteLength > MAX_OPEN_BYTES)
    throw new PoolError('bad-frame', 'The frame’s JSON is larger than the limit.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new PoolError('bad-frame', 'The frame’s JSON cannot be read.', { cause });
  }
}

export function readOpenSession(payload: Uint8Array): OpenSession {
  const result = openSchema.safeParse(unpackJson(payload));
  if (!result.success) throw new PoolError('bad-frame', 'The frame opens a session with a field that does not fit.');
  return result.data;
}
