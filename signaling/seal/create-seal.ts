// Texts that the database keeps and nobody may read there: sealed with a key that lies elsewhere (AES-256-GCM, NIST SP
// 800-38D, with a random 96-bit nonce). Each is bound to what it is and whose. Never gives out a key.
//
// A sealed text is `sealed.v1.<key's id>.<nonce>.<ciphertext and tag>`, the last two in base64url.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { PoolError } from '../../protocol/errors.ts';
import { UsageError } from '../config/usage-error.ts';

export interface Seal {
  /** @param about what the text is and whose, e.g. `webhook-secret:account:…`: it opens under the same words only. */
  seal(text: string, about: string): string;
  /** Throws `UsageError` when its key is not here, and `internal` for what was altered, moved or is not sealed. */
  open(kept: string, about: string): string;
  /**
   * For what was kept before: by an older server in plain, or with an old key. `kept`: what to keep from now on, if it is
   * another text. Throws as `open` does.
   */
  renew(kept: string, about: string): { text: string; kept?: string };
}

export interface SealKeys {
  /** 32 bytes. Asked for when the first text is sealed, if there is none yet. */
  current: Buffer | undefined;
  makeCurrent(): Buffer;
  /** Open what was sealed with them, and seal nothing. */
  old: readonly Buffer[];
}

export const SEAL_KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
/** At random: with one key for at most 2^32 texts (SP 800-38D, 8.3), and there is one per account and change. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^sealed\.v1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]+)$/;

const isSealed = (kept: string): boolean => kept.startsWith('sealed.');

/** Tells keys apart and says nothing of them. */
const idOf = (key: Buffer): string =>
  createHash('sha256').update('computepool-seal-key-id:').update(key).digest('hex').slice(0, 8);

export function createSeal({ current, makeCurrent, old }: SealKeys): Seal {
  let key = current;
  const known = new Map([...old, ...(current ? [current] : [])].map((each) => [idOf(each), each]));
  const currentKey = (): Buffer => {
    key ??= makeCurrent();
    known.set(idOf(key), key);
    return key;
  };

  const seal = (text: string, about: string): string => {
    const own = currentKey();
    const [id, nonce] = [idOf(own), randomBytes(NONCE_BYTES)];
    const cipher = createCipheriv(CIPHER, own, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(id, about));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `sealed.v1.${id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  };

  const open = (kept: string, about: string): string => {
    const [, id = '', nonce = '', body = ''] = FORM.exec(kept) ?? [];
    if (!id) throw damaged(about);
    const own = known.get(id);
    if (!own) throw missing(id);
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.byteLength < TAG_BYTES) throw damaged(about);
    const decipher = createDecipheriv(CIPHER, own, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(id, about)).setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw damaged(about, cause);
    }
  };

  return {
    seal,
    open,
    renew(kept, about) {
      const text = isSealed(kept) ? open(kept, about) : kept;
      const isCurrent = key !== undefined && FORM.exec(kept)?.[1] === idOf(key);
      return isCurrent ? { text } : { text, kept: seal(text, about) };
    },
  };
}

const boundTo = (id: string, about: string): Buffer => Buffer.from(`computepool:v1:${id}:${about}`);

const missing = (id: string): UsageError =>
  new UsageError(
    `Secrets in the database are sealed with key ${id}, which this server does not have. Give it the key: --seal-key-file` +
      ' FILE, or COMPUTEPOOL_SEAL_KEY. If the key was changed, give the old one beside it: --old-seal-key-file FILE, or' +
      ' COMPUTEPOOL_OLD_SEAL_KEY.',
  );

/** `about` may name an account: what kind it is is enough. */
const damaged = (about: string, cause?: unknown): PoolError =>
  new PoolError('internal', `A sealed text in the database is damaged (${about.split(':')[0]}).`, { cause });
