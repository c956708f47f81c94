// The webhook of a batch that has ended.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import OpenAI from 'openai';
import { expect, test, vi } from 'vitest';
import { forEachDatabase } from '../db/test-databases.ts';
import { webhookDeliveries } from './tables.ts';
import { BatchScene, lineOf, WAIT } from './test-scene.ts';
import { rotateWebhookSecret } from './webhook-secrets.ts';

/** The embedded database is slow beside other tests. */
vi.setConfig({ testTimeout: 180_000 });

forEachDatabase('batches', (open) => {
  const scene = BatchScene.set(open);
  const { run, start } = scene;

  test('a webhook is delivered, signed, and tried again until it is taken', async () => {
    const received: { body: string; headers: IncomingHttpHeaders }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        received.push({ body, headers: request.headers });
        response.writeHead(received.length === 1 ? 500 : 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    try {
      await expect(start([lineOf('a')], { webhook })).rejects.toMatchObject({ status: 400, param: 'webhook' });
      const secret = await rotateWebhookSecret(scene.db, scene.seal, 'account:ann');
      run({ webhooks: { allowLoopback: true, backoffMs: 5 } });
      const batch = await start([lineOf('a')], { webhook });
      await vi.waitFor(() => expect(received).toHaveLength(2), WAIT);
      const [first, second] = received;
      expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
      const client = new OpenAI({ apiKey: 'x', webhookSecret: secret });
      for (const { body, headers } of received) {
        await client.webhooks.verifySignature(body, headers as Record<string, string>);
        await expect(client.webhooks.verifySignature(`${body} `, headers as Record<string, string>)).rejects.toThrow();
      }
      expect(JSON.parse(second?.body ?? '')).toMatchObject({ id: batch.id, object: 'batch', status: 'completed' });
      await vi.waitFor(async () => {
        const rows = await scene.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.batchId, batch.id));
        expect(rows).toMatchObject([{ state: 'delivered', attempts: 2, lease: null }]);
      }, WAIT);
    } finally {
      server.close();
    }
  });
});
