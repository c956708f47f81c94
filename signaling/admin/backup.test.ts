// A backup of a running server, brought back into an empty folder: the same balances, keys, logins and owner.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SEAL_KEY_FILE } from '../db/data-folder.ts';
import { restoreFolder } from '../db/restore-folder.ts';
import { accountOwner } from '../ledger/owner.ts';
import { testReader } from '../models/test-reader.ts';
import { type RunningServer, startServer } from '../start-server.ts';

const LIMIT_MS = 180_000;
const root = mkdtempSync(join(tmpdir(), 'computepool-backup-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const start = (dataDir: string): Promise<RunningServer> =>
  startServer({ logger: 'silent', canary: false, database: { dataDir }, reader: testReader() });

it('is the same server again', { timeout: LIMIT_MS }, async () => {
  const [here, there, file] = ['here', 'there', 'backup.tgz'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const first = await start(here);
  const { accounts, ledger } = first.platform;
  const ada = await accounts.register({ name: 'ada', password: 'correct horse battery' });
  const owner = accountOwner(ada.id);
  await ledger.welcome(owner, '198.51.100.1');
  const { key } = await accounts.createKey(ada.id, 'ci');
  const cookie = {
    cookie: `cp_session=${(await accounts.logIn({ name: 'ada', password: 'correct horse battery' })).token}`,
  };
  const asOwner = { authorization: `Bearer ${first.ownerToken}` };
  const answer = await fetch(`${first.url}/api/admin/backup`, { method: 'POST', headers: asOwner });
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="computepool-[\d-]+\.tgz"$/);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  // What comes behind it is not in it.
  await accounts.createKey(ada.id, 'later');
  const [totals, orchestratorKey] = [await ledger.totals(), first.platform.orchestratorKey];
  await first.close();

  mkdirSync(there);
  await restoreFolder(file, there);
  expect(readFileSync(join(there, SEAL_KEY_FILE))).toEqual(readFileSync(join(here, SEAL_KEY_FILE)));
  expect(readdirSync(there).filter((name) => name.startsWith('server.lock'))).toEqual([]);
  expect(statSync(join(there, SEAL_KEY_FILE)).mode & 0o777).toBe(0o600);
  const second = await start(there);
  try {
    expect(second.ownerToken, 'the owner’s token is the one of before').toBeUndefined();
    expect(second.platform.orchestratorKey).toBe(orchestratorKey);
    expect(await second.platform.ledger.totals()).toEqual(totals);
    expect(await second.platform.ledger.balanceOf(owner)).toEqual({ availableMicros: 10_000_000, heldMicros: 0 });
    expect((await second.platform.accounts.byKey(key))?.account.name).toBe('ada');
    expect((await second.platform.accounts.listKeys(ada.id)).map(({ label }) => label)).toEqual(['ci']);
    expect((await fetch(`${second.url}/api/account`, { headers: cookie })).status).toBe(200);
    const acts = await (await fetch(`${second.url}/api/admin/acts`, { headers: asOwner })).json();
    expect(acts.acts[0].act).toBe('back-up');
  } finally {
    await second.close();
  }
  await expect(restoreFolder(file, there)).rejects.toThrow('needs an empty data directory');
});

it('leaves nothing behind where it cannot be brought back', async () => {
  const dataDir = join(root, 'empty');
  mkdirSync(dataDir);
  const file = join(root, 'none.tgz');
  await expect(restoreFolder(file, dataDir)).rejects.toThrow(/^The backup .*none\.tgz cannot be brought back: /);
  writeFileSync(file, 'no archive');
  await expect(restoreFolder(file, dataDir)).rejects.toThrow('cannot be brought back');
  expect(readdirSync(dataDir)).toEqual([]);
  expect(existsSync(file)).toBe(true);
});
