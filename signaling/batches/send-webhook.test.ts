import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { checkWebhookUrl, sendWebhook } from './send-webhook.ts';

const STRICT = { allowLoopback: false, timeoutMs: 1000 };
const LOOSE = { allowLoopback: true, timeoutMs: 1000 };
const MESSAGE = { body: '{"a":1}', headers: { 'webhook-id': 'm1' } };
const servers: Server[] = [];

async function serve(handler: RequestListener): Promise<{ port: number }> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('addresses', () => {
  test.each([
    'http://example.org/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://user:pass@example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'nonsense',
    `https://example.org/${'x'.repeat(2000)}`,
  ])('%s is refused', (url) => {
    expect(() => checkWebhookUrl(url, STRICT)).toThrow(
      expect.objectContaining({ code: 'bad-request', data: { param: 'webhook' } }),
    );
  });

  test('https with a name or a public address is fine', () => {
    for (const url of ['https://example.org/hook?a=1', 'https://1.1.1.1:8443/']) {
      expect(checkWebhookUrl(url, STRICT).href).toBe(url);
    }
  });
});

describe('sending', () => {
  test('a name that resolves to anything inside is refused, one bad address among good ones too', async () => {
    for (const addresses of [['10.0.0.1'], ['127.0.0.1'], ['1.1.1.1', '192.168.0.1'], []]) {
      const sent = sendWebhook(
        { ...MESSAGE, url: 'https://inside.example/' },
        { ...STRICT, resolve: async () => addresses },
      );
      await expect(sent).rejects.toMatchObject({ code: 'bad-request' });
    }
  });

  test('http goes to loopback alone, even where that is allowed', async () => {
    const sent = sendWebhook(
      { ...MESSAGE, url: 'http://outside.example/' },
      { ...LOOSE, resolve: async () => ['1.1.1.1'] },
    );
    await expect(sent).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('the connection goes to the address that was checked, with the name as host', async () => {
    let seen: unknown;
    const { port } = await serve((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen = { host: request.headers.host, id: request.headers['webhook-id'], method: request.method, body };
        response.writeHead(200).end();
      });
    });
    let lookUps = 0;
    const resolve = async (): Promise<string[]> => {
      lookUps += 1;
      return ['127.0.0.1'];
    };
    const status = await sendWebhook({ ...MESSAGE, url: `http://hook.invalid:${port}/x` }, { ...LOOSE, resolve });
    expect([status, lookUps]).toEqual([200, 1]);
    expect(seen).toEqual({ host: `hook.invalid:${port}`, id: 'm1', method: 'POST', body: '{"a":1}' });
  });

  test('a redirect is an answer like any other', async () => {
    let hits = 0;
    const { port } = await serve((_, response) => {
      hits += 1;
      response.writeHead(302, { location: `http://127.0.0.1:${port}/other` }).end();
    });
    expect(await sendWebhook({ ...MESSAGE, url: `http://127.0.0.1:${port}/` }, LOOSE)).toBe(302);
    expect(hits).toBe(1);
  });

  test('an endless answer is not read, a silent receiver is left', async () => {
    const endless = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(timer));
      response.on('error', () => {});
    });
    expect(await sendWebhook({ ...MESSAGE, url: `http://127.0.0.1:${endless.port}/` }, LOOSE)).toBe(200);
    const silent = await serve(() => {});
    const sent = sendWebhook({ ...MESSAGE, url: `http://127.0.0.1:${silent.port}/` }, { ...LOOSE, timeoutMs: 50 });
    await expect(sent).rejects.toMatchObject({ code: 'link-failed' });
    const slowName = sendWebhook(
      { ...MESSAGE, url: 'https://slow.example/' },
      { ...STRICT, timeoutMs: 50, resolve: () => new Promise(() => {}) },
    );
    await expect(slowName).rejects.toMatchObject({ code: 'link-failed' });
  });
});
