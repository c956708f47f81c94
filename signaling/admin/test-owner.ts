// For tests: a whole server with its owner, and people who use it. Used by tests only.
import { PASSWORD } from '../accounts/test-account.ts';
import type { OpenDatabase } from '../db/open-database.ts';
import { openDatabase } from '../db/open-database.ts';
import { testReader } from '../models/test-reader.ts';
import { type RunningServer, startServer } from '../start-server.ts';

export interface OwnerAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at field by field
  body: any;
  cookie: string;
}

export class OwnedServer {
  readonly server: RunningServer;
  readonly database: OpenDatabase;
  readonly token: string;
  #callers = 0;

  private constructor(server: RunningServer, database: OpenDatabase) {
    this.server = server;
    this.database = database;
    this.token = server.ownerToken ?? '';
  }

  static async open(): Promise<OwnedServer> {
    const database = await openDatabase({ memory: true });
    const server = await startServer({
      logger: 'silent',
      canary: false,
      database,
      reader: testReader(),
      ratePerMinute: 100_000,
      trustedProxies: 1,
    });
    return new OwnedServer(server, database);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.database.close();
  }

  /** From here on requests come from another address: one test's tries do not count against another's. */
  nextAddress(): void {
    this.#callers += 1;
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<OwnerAnswer> {
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        'x-forwarded-for': `203.0.113.${this.#callers % 250}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    return { status: response.status, body: isJson ? JSON.parse(text) : text, cookie };
  }

  /** As its owner, by the token. `path` is one below /api/admin. */
  own(method: string, path: string, body?: unknown): Promise<OwnerAnswer> {
    return this.ask(method, `/api/admin${path}`, body, { authorization: `Bearer ${this.token}` });
  }

  /** What a page of the site sends beside a cookie. */
  asPage(cookie: string): Record<string, string> {
    return { cookie, origin: this.server.url };
  }

  register(name: string, invite?: string): Promise<OwnerAnswer> {
    return this.ask('POST', '/api/account', { name, password: PASSWORD, ...(invite ? { invite } : {}) });
  }
}
