// A statement of the orchestrator that a peer can show to others: claims and a signature in one string. The kind is part
// of what is signed, so that a token of one kind means nothing as another. Keeps no key.
import { PoolError } from './errors.ts';
import { fromBase64Url, signText, toBase64Url, verifyText } from './identity.ts';
import { CLOCK_SKEW_SECONDS } from './limits.ts';

export type TokenKind = 'ticket' | 'grant';

/** Longest token that is looked at: claims of a grant with 64 favoured peers. */
export const MAX_TOKEN_CHARS = 4096;

/** Signs a text with ECDSA P-256 over SHA-256; base64url of r and s (IEEE P1363). */
export type SignText = (text: string) => string;

interface Parser<Claims> {
  safeParse(value: unknown): { success: boolean; data?: Claims };
}

const signedText = (kind: TokenKind, body: string): string => `computepool-${kind}:1:${body}`;

/** `base64url(JSON of the claims).base64url(signature)`; the signed text is `computepool-<kind>:1:<first part>`. */
export function sealToken(kind: TokenKind, claims: { expires: number }, sign: SignText): string {
  const body = bodyOf(claims);
  return `${body}.${sign(signedText(kind, body))}`;
}

/** The same with a key that a browser keeps, which signs later. */
export async function signToken(kind: TokenKind, claims: { expires: number }, privateKey: CryptoKey): Promise<string> {
  const body = bodyOf(claims);
  return `${body}.${await signText(privateKey, signedText(kind, body))}`;
}

const bodyOf = (claims: object): string => toBase64Url(new TextEncoder().encode(JSON.stringify(claims)));

/**
 * The claims of a token, if the orchestrator with this public key (base64url, raw point) signed them as this kind and
 * they have not expired. `expires` is seconds since 1970. Throws `ticket-refused` or `grant-refused`.
 */
export async function openToken<Claims extends { expires: number }>(
  kind: TokenKind,
  token: string,
  {
    publicKey,
    schema,
    nowSeconds = Date.now() / 1000,
  }: { publicKey: string; schema: Parser<Claims>; nowSeconds?: number | undefined },
): Promise<Claims> {
  const refuse = (why: string) => new PoolError(`${kind}-refused`, `The ${kind} ${why}.`);
  if (token.length > MAX_TOKEN_CHARS) throw refuse('is larger than any that is given out');
  const [body = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0 || body === '' || signature === '') throw refuse('is not one');
  await verifyText({ publicKey, signature }, signedText(kind, body)).catch(() => {
    throw refuse('is not signed by this network’s server');
  });
  const result = schema.safeParse(parseJson(body));
  if (!result.success || !result.data) throw refuse('has a field that does not fit');
  if (nowSeconds > result.data.expires + CLOCK_SKEW_SECONDS) throw refuse('has expired');
  return result.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(body)));
  } catch {
    return undefined;
  }
}
