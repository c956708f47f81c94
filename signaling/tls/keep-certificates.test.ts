import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepCertificates } from './keep-certificates.ts';
import { makeServerCertificate } from './make-certificates.ts';

const DAY_MS = 24 * 3600_000;
const NAMES = ['desk.local', 'localhost', '192.168.1.7', '127.0.0.1', '::1'];

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'computepool-tls-')), 'tls');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const keep = (names: readonly string[] = NAMES, afterDays = 0) =>
  keepCertificates({ folder, machine: 'desk', names: () => names, nowMs: () => Date.now() + afterDays * DAY_MS });

/** What a client that trusts the authority alone says of a server with this certificate, asked by this name. */
async function visit(server: string, ca: string, servername: string): Promise<string> {
  const listening = createServer({ key: server, cert: server });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as { port: number };
  const said = await new Promise<string>((resolve) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca }, () => resolve('trusted'));
    socket.on('error', ({ message }) => resolve(message));
  });
  listening.close();
  return said;
}

it('they are made once, for nobody else to read, and kept', async () => {
  const first = await keep();
  expect(first.authority.isNew).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['authority.pem', 'server.pem']);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const next = await keep();
  expect(next.server).toBe(first.server);
  expect(next.authority).toEqual({ ...first.authority, isNew: false });
  expect(next.authority.fingerprint).toBe(new X509Certificate(first.authority.der).fingerprint256);
  expect(next.authority.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

it('who trusts the authority trusts the server by its names, and by no others', async () => {
  const { server } = await keep();
  const ca = readFileSync(join(folder, 'authority.pem'), 'utf8');
  expect(await visit(server, ca, 'desk.local')).toBe('trusted');
  expect(await visit(server, ca, 'other.local')).toContain('does not match certificate');
  // Whatever becomes of its key: for sites of others it may not speak.
  const forged = await makeServerCertificate(ca, ['bank.example'], Date.now());
  expect(await visit(forged, ca, 'bank.example')).toBe('permitted subtree violation');
});

it('the server’s is made anew before it ends, and when the machine has another name; the authority stays', async () => {
  const first = await keep();
  expect((await keep(NAMES, 59)).server).toBe(first.server);
  const renewed = await keep(NAMES, 61);
  expect(renewed.server).not.toBe(first.server);
  expect(Date.parse(new X509Certificate(renewed.server).validTo) - Date.now()).toBeGreaterThan(150 * DAY_MS);
  const moved = await keep([...NAMES, '192.168.2.9'], 61);
  expect(moved.server).not.toBe(renewed.server);
  expect(new X509Certificate(moved.server).checkIP('192.168.2.9')).toBe('192.168.2.9');
  expect((await keep(NAMES, 61)).server, 'a name less is no reason').toBe(moved.server);
  expect(moved.authority).toEqual({ ...first.authority, isNew: false });
});

it('an authority gives way some months before its end', async () => {
  const first = await keep();
  expect((await keep(NAMES, 3500)).authority.fingerprint).toBe(first.authority.fingerprint);
  const next = await keep(NAMES, 3600);
  expect(next.authority.isNew).toBe(true);
  expect(next.authority.fingerprint).not.toBe(first.authority.fingerprint);
  expect(new X509Certificate(next.server).verify(new X509Certificate(next.authority.der).publicKey)).toBe(true);
});

it('a name that the authority may not speak for is left out, and told', async () => {
  await keep();
  const { names, leftOut, server } = await keep([...NAMES, 'pool.example']);
  expect(leftOut).toEqual(['pool.example']);
  expect(names).toEqual(NAMES);
  expect(new X509Certificate(server).checkHost('pool.example')).toBeUndefined();
});

it('a file that is no certificate ends in a sentence with the next step; one that others may read is told', async () => {
  await keep();
  const path = join(folder, 'authority.pem');
  chmodSync(path, 0o644);
  const open: string[] = [];
  await keepCertificates({ folder, machine: 'desk', names: () => NAMES, onOpenToOthers: (file) => open.push(file) });
  expect(open).toEqual([path]);
  writeFileSync(path, 'nothing');
  await expect(keep()).rejects.toThrow(/authority\.pem cannot be used: .*Bring it back from a copy, or remove it/);
});
