// Session tokens and API keys: how they are made and in which form they are kept. Keeps none.
import { createHash, randomBytes } from 'node:crypto';

/** 256 bits: nobody guesses one, whatever the hash. */
const SECRET_BYTES = 32;
const SECRET = '[A-Za-z0-9_-]{43}';
const TOKEN_PATTERN = new RegExp(`^${SECRET}$`);
const KEY_PATTERN = new RegExp(`^cp-${SECRET}$`);

/** `cp-` and six characters: 220 bits stay secret. */
const PREFIX_CHARS = 9;

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** What a session's cookie carries. */
export const newToken = newSecret;
/** What a program sends as `Authorization: Bearer`. */
export const newKey = (): string => `cp-${newSecret()}`;

export const isToken = (text: string): boolean => TOKEN_PATTERN.test(text);
export const isKey = (text: string): boolean => KEY_PATTERN.test(text);

export const prefixOf = (key: string): string => key.slice(0, PREFIX_CHARS);

/** 32 hex characters: 128 random bits. */
export const newId = (): string => randomBytes(16).toString('hex');
export const isId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/**
 * SHA-256 in hex. A fast hash without a salt is enough here, unlike for passwords: the secret is 256 random bits, so
 * there is no list to try, and a request is looked up by it directly. It also hides how much of a guess was right.
 */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
