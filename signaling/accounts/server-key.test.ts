import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { fromBase64Url, verifyText } from '../../protocol/identity.ts';
import { openDatabase } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { openSeal } from '../seal/open-seal.ts';
import { loadServerKey } from './server-key.ts';
import { serverKeys } from './tables.ts';

const timeout = OPEN_TIMEOUT_MS;
const seal = openSeal({ memory: true });

forEachDatabase('the server’s key', (open) => {
  let first: TestDatabase;
  beforeAll(async () => {
    first = await open();
  }, timeout);
  beforeEach(async () => void (await first.db.delete(serverKeys)));

  it('is made once: eight that start at once, and all who come later, have the same', { timeout }, async () => {
    const servers = [first, await first.openAgain()];
    const keys = await Promise.all(Array.from({ length: 8 }, (_, at) => loadServerKey(servers[at % 2]!.db, seal)));
    const later = await loadServerKey(first.db, seal);
    expect(new Set([later, ...keys].map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(await first.db.select().from(serverKeys)).toHaveLength(1);
    // Each of them signs with it, too.
    for (const key of keys) await verifyText({ publicKey: later.publicKey, signature: key.sign('t:x') }, 't:x');
  });

  it('signs what verifyText takes: a raw point, r and s, any text', { timeout }, async () => {
    const { publicKey, sign } = await loadServerKey(first.db, seal);
    expect(fromBase64Url(publicKey)).toHaveLength(65);
    // Small r or s keep their leading zeros: of 300 signatures one or two have them.
    for (let at = 0; at < 300; at += 1) {
      const text = `purpose:${at} ü \u{1f600}`;
      const signature = sign(text);
      expect(signature).toHaveLength(86);
      await verifyText({ publicKey, signature }, text);
    }
    const refused = verifyText({ publicKey, signature: sign('purpose:a') }, 'purpose:b');
    await expect(refused).rejects.toMatchObject({ code: 'not-authentic' });
  });

  it('is refused when its halves differ or a part is gone', { timeout }, async () => {
    const { db } = first;
    const makeKey = async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return privateKey.export({ format: 'jwk' });
    };
    await loadServerKey(db, seal);
    const [row] = await db.select().from(serverKeys);
    const [foreign, own] = [await makeKey(), await makeKey()];
    const { d, ...publicHalf } = own;
    const plain = [{ ...foreign, d }, publicHalf, {}, { ...own, crv: 'P-384' }, { ...own, x: 'AA' }];
    const sealed = row?.jwk.sealed ?? '';
    const damaged = [
      ...plain,
      ...plain.map((jwk) => ({ sealed: seal.seal(JSON.stringify(jwk), 'server-key:orchestrator') })),
      { sealed: seal.seal(JSON.stringify(own), 'server-key:other') },
      { sealed: sealed.replace(/.{4}(.{40})$/, 'AAAA$1') },
      { sealed: sealed.slice(0, 40) },
    ];
    for (const jwk of damaged) {
      await db.update(serverKeys).set({ jwk }).where(eq(serverKeys.purpose, row!.purpose));
      await expect(loadServerKey(db, seal)).rejects.toMatchObject({ code: 'internal' });
    }
  });
});

describe('a restart', () => {
  test('finds the key in the folder', { timeout }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'computepool-key-'));
    try {
      const keys: string[] = [];
      for (let start = 0; start < 2; start += 1) {
        const database = await openDatabase({ dataDir });
        keys.push((await loadServerKey(database.db, openSeal({ dataDir }))).publicKey);
        await database.close();
      }
      expect(keys[0]).toBe(keys[1]);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
