// `GET /api/trust` as a page reads it: without the schema, whose program is 20 KB. It comes from the server that the page itself came
// from.
import type { Trust } from './trust.ts';

/** Where the certificate of the authority is fetched. */
export const AUTHORITY_PATH = '/trust/authority.crt';

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** Undefined for what the schema would refuse, too. */
export function readTrust(value: unknown): Trust | undefined {
  if (typeof value !== 'object' || value === null || !('authority' in value)) return undefined;
  if (value.authority === null) return { authority: null };
  if (typeof value.authority !== 'object') return undefined;
  const { fingerprint, expires, secure, plain } = value.authority as Record<string, unknown>;
  if (!isText(fingerprint) || !isText(expires) || !isTexts(secure) || !isTexts(plain)) return undefined;
  const end = new Date(expires);
  return Number.isNaN(end.getTime()) ? undefined : { authority: { fingerprint, expires: end, secure, plain } };
}
