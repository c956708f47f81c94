import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { UsageError } from '../config/usage-error.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { faultOf, openFault } from './database-faults.ts';
import { OPEN_TIMEOUT_MS } from './test-databases.ts';

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code, ...more });
const inQuery = (cause: Error): Error =>
  Object.assign(new Error('Failed query', { cause }), { name: 'DrizzleQueryError' });

describe('A5: faultOf', () => {
  it.each([
    withCode('57P01'),
    withCode('57P03'),
    withCode('53300'),
    withCode('08006'),
    inQuery(withCode('08003')),
    inQuery(withCode('ECONNRESET')),
    withCode('ECONNREFUSED', { syscall: 'connect' }),
    Object.assign(new AggregateError([withCode('ECONNREFUSED', { syscall: 'connect' })]), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
  ])('a database that is away is unavailable, whoever wraps it: %o', (thrown) => {
    expect(faultOf(thrown)).toMatchObject({ code: 'unavailable', status: 503, kind: 'busy' });
  });

  it.each([
    withCode('23505'),
    inQuery(withCode('42P01')),
    withCode('ECONNRESET'),
    new Error('something else'),
    'a text',
    undefined,
  ])('what is no such thing stays what nobody foresaw: %o', (thrown) => {
    expect(faultOf(thrown).code).toBe('internal');
  });

  it('leaves a typed failure as it is', () => {
    const error = new PoolError('conflict', 'x', { cause: withCode('57P01') });
    expect(faultOf(error)).toBe(error);
  });
});

describe('A7: openFault', () => {
  const url = 'postgres://user:hunter2@db.example:5432/pool';
  it.each([
    [withCode('28P01'), /refuses the user or the password/],
    [withCode('3D000'), /^PostgreSQL at db\.example:5432 has no database pool: create it/],
    [withCode('42501'), /grant it CREATE/],
    [withCode('EAI_AGAIN'), /^There is no host db\.example,/],
    [new Error('timeout exceeded when trying to connect'), /^No PostgreSQL answers/],
    [new Error('odd.\nstack'), /^The database at db\.example:5432 cannot be opened: odd\. Correct/],
  ])('an address: %o', (thrown, sentence) => {
    const told = openFault({ url }, thrown);
    expect(told).toBeInstanceOf(UsageError);
    expect(told.message).toMatch(sentence);
    expect(told.message).not.toContain('hunter2');
  });

  it.each([
    ['EACCES', 'this user may not write there'],
    ['EROFS', 'that disk can only be read'],
    ['ENOSPC', 'that disk is full'],
  ])('a folder: %s', (code, why) => {
    expect(openFault({ dataDir: '/data' }, withCode(code)).message).toBe(
      `The data directory /data cannot be used: ${why}. Give another one: --data-dir PATH.`,
    );
  });

  it('a sentence that is one already stays, and so does a wish to stop', () => {
    const usage = new UsageError('x');
    expect(openFault({ url }, usage)).toBe(usage);
    const stop = Object.assign(new Error('stop'), { name: 'AbortError' });
    expect(openFault({ url }, stop)).toBe(stop);
  });
});

const serverUrl = process.env.TEST_DATABASE_URL;
const skipped = serverUrl ? '' : ' (skipped: there is no PostgreSQL server; CP_POSTGRES=1 starts one)';
describe.skipIf(!serverUrl)(`A5: a server whose database goes away${skipped}`, () => {
  const name = `computepool_away_${randomBytes(8).toString('hex')}`;
  const ways = new Set<Socket>();
  /** Between the server and its database: what can be cut. */
  const way = createServer((near) => {
    const { hostname, port } = new URL(serverUrl!);
    const far = connect(Number(port || 5432), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ways.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.once('close', () => other.destroy());
    }
  });
  let server: RunningServer;
  let port = 0;

  async function admin(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  beforeAll(async () => {
    await admin(`create database ${name}`);
    await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
    ({ port } = way.address() as AddressInfo);
    const url = new URL(serverUrl!);
    url.port = String(port);
    url.hostname = '127.0.0.1';
    url.pathname = `/${name}`;
    server = await startServer({ logger: 'silent', database: { url: url.href }, sealKey: { key: 'ab'.repeat(32) } });
  }, OPEN_TIMEOUT_MS);
  afterAll(async () => {
    await server?.close();
    way.close();
    for (const socket of ways) socket.destroy();
    await admin(`drop database if exists ${name} with (force)`);
  }, OPEN_TIMEOUT_MS);

  it('A5: answers 503 with Retry-After in the shape of each path, and goes on when it is back', {
    timeout: OPEN_TIMEOUT_MS,
  }, async () => {
    const ask = (path: string, init: RequestInit = {}) => {
      const shown: Record<string, string> = path.startsWith('/v1')
        ? { authorization: `Bearer cp-${'x'.repeat(43)}` }
        : { cookie: `cp_session=${'x'.repeat(43)}` };
      return fetch(server.url + path, { ...init, headers: { ...shown, ...(init.headers as Record<string, string>) } });
    };
    expect((await ask('/v1/batches')).status).toBe(401);
    way.close();
    for (const socket of ways) socket.destroy();

    const json = { 'content-type': 'application/json' };
    const post = { method: 'POST', headers: json, body: '{}' };
    for (const [path, init] of [
      ['/v1/batches', {}],
      ['/v1/chat/completions', post],
      ['/v1/files', {}],
    ] as const) {
      const answer = await ask(path, init);
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
      expect(await answer.json()).toEqual({
        error: {
          message: expect.stringMatching(/database.*try again/s),
          type: 'server_error',
          param: null,
          code: 'unavailable',
        },
      });
    }
    for (const path of ['/api/account/balance', '/api/account/keys']) {
      const api = await ask(path);
      expect([api.status, api.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await api.json()).toMatchObject({ error: { code: 'unavailable' } });
    }

    way.listen(port, '127.0.0.1');
    await once(way, 'listening');
    await expect.poll(async () => (await ask('/v1/batches')).status, { timeout: OPEN_TIMEOUT_MS }).toBe(401);
  });
});
