// The key that tickets and grants are signed with. Made once, kept in the database under seal, the same after a restart and
// for every server on that database. The private half never leaves this module in plain.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, sign, verify } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { SignText } from '../../protocol/signed-token.ts';
import type { Database } from '../db/open-database.ts';
import type { Seal } from '../seal/create-seal.ts';
import { type KeptKey, serverKeys } from './tables.ts';

const PURPOSE = 'orchestrator';
/** What it is sealed as. */
const ABOUT = `server-key:${PURPOSE}`;

/** r and s, as WebCrypto reads it, instead of Node's default DER. */
const ENCODING = 'ieee-p1363';

export interface ServerKey {
  /** Base64url of the raw point (0x04, x, y): what `welcome` carries and `verifyText` takes. */
  publicKey: string;
  /** ECDSA P-256 over SHA-256, base64url. Synchronous, some 0.1 ms. The text must begin with a prefix of its purpose. */
  sign: SignText;
}

/**
 * Makes the key if there is none; one that is kept in plain, or under an old seal, is sealed anew. Rejects with `internal`
 * when the one in the database is damaged, and with `UsageError` when what seals it is missing.
 */
export async function loadServerKey(db: Database, seal: Seal): Promise<ServerKey> {
  const row = (await readRow(db)) ?? (await makeRow(db, seal));
  const { text, kept } = seal.renew(row.sealed ?? JSON.stringify(row), ABOUT);
  let key: ServerKey;
  try {
    key = openKey(JSON.parse(text));
  } catch (cause) {
    throw new PoolError('internal', 'The server’s key in the database is damaged (table server_keys).', { cause });
  }
  if (kept !== undefined)
    await db
      .update(serverKeys)
      .set({ jwk: { sealed: kept } })
      .where(eq(serverKeys.purpose, PURPOSE));
  return key;
}

async function readRow(db: Database): Promise<KeptKey | undefined> {
  const rows = await db.select({ jwk: serverKeys.jwk }).from(serverKeys).where(eq(serverKeys.purpose, PURPOSE));
  return rows[0]?.jwk;
}

/** When several servers start at once, one key stays and all read that one. */
async function makeRow(db: Database, seal: Seal): Promise<KeptKey> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { sealed: seal.seal(JSON.stringify(privateKey.export({ format: 'jwk' })), ABOUT) };
  await db.insert(serverKeys).values({ purpose: PURPOSE, jwk, createdAt: new Date() }).onConflictDoNothing();
  return (await readRow(db)) ?? jwk;
}

function openKey(jwk: JsonWebKey): ServerKey {
  if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || !jwk.x || !jwk.y) throw new Error('No P-256 key.');
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const signText: SignText = (text) =>
    sign('sha256', Buffer.from(text), { key, dsaEncoding: ENCODING }).toString('base64url');
  const point = Buffer.concat([Buffer.of(4), Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url')]);
  // Halves that do not belong together would give tokens that nobody can open.
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, format: 'jwk' });
  const trial = Buffer.from(signText('computepool-trial:'), 'base64url');
  if (!verify('sha256', Buffer.from('computepool-trial:'), { key: publicKey, dsaEncoding: ENCODING }, trial)) {
    throw new Error('The public and the private half differ.');
  }
  return { publicKey: point.toString('base64url'), sign: signText };
}
