// The key that a paid session is used with, as any OpenAI client sends it. Shown to whoever paid, and kept only as its hash.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Hex } from 'viem';

const PREFIX = 'cps_';

/**
 * A payment can be read on the chain by anybody, so that it alone gives nobody a key a second time. Whoever sent an
 * `Idempotency-Key` along, which nobody else knows, gets the same one again. The offer's own text is in it too, which is never on
 * the chain: a key that is easy to guess opens nothing to whoever only reads that.
 */
export function makeSessionKey(session: Hex, repeat: string | undefined, offer: string): string {
  const secret =
    repeat === undefined
      ? randomBytes(32)
      : createHmac('sha256', repeat).update(`computepool session ${session} ${offer}`).digest();
  return `${PREFIX}${secret.toString('base64url')}`;
}

export const isSessionKey = (key: string): boolean => key.startsWith(PREFIX);

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
