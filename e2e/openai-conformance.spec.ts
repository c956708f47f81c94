// Programs against a network of browser tabs: the official client, streaming included, two clients at once on one coalition,
// the entry tab that closes in the middle of an answer, and credits that arrive where the receipts say.

import { expect, test } from '@playwright/test';
import type { SignedReceipt } from '../protocol/receipt.ts';
import { checkReceipt } from '../protocol/receipt.ts';
import { peerOwner } from '../signaling/ledger/owner.ts';
import { openAccount } from './support/api-account.ts';
import { OPENAI_CONFORMANCE } from './support/openai-conformance.ts';
import { ask, chatReady, openSite, type Site } from './support/site.ts';

const MODEL = 'computepool/guide-4m';
const STORIES = ['fox', 'cat'].map((animal) => ({
  role: 'user' as const,
  content: `Tell me a story about a ${animal}.`,
}));
const STORY = STORIES[0]!;

async function serve(site: Site, stages: number): Promise<Awaited<ReturnType<Site['openStage']>>[]> {
  const pages = [];
  for (let index = 0; index < stages; index++) pages.push(await site.openStage());
  for (const page of pages) {
    await expect(page.getByTestId('shard-card').first()).toHaveAttribute('data-phase', 'serving');
  }
  return pages;
}

test('the official client against two stage tabs', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    await serve(site, 2);
    const { client } = await openAccount(site.url, 'conformance');
    for (const { name, run } of OPENAI_CONFORMANCE) {
      await test.step(name, () => run({ client, model: MODEL }));
    }
  } finally {
    await site.close();
  }
});

test('two clients and a chat tab at once on one coalition, and each gets what it gets alone', async ({ browser }) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    await serve(site, 3);
    const accounts = [await openAccount(site.url, 'first'), await openAccount(site.url, 'second')];
    const tell = (index: number): Promise<string> =>
      accounts[index]!.client.chat.completions.create({
        model: MODEL,
        messages: [STORIES[index]!],
        temperature: 0.8,
        seed: 40 + index,
        max_tokens: 60,
      }).then(({ choices }) => choices[0]?.message.content ?? '');
    const chat = await site.openChat({ temperature: '0', max: '48' });
    await chatReady(chat, 3);
    const alone = [await tell(0), await tell(1)];
    const askedAlone = await ask(chat, STORY.content);
    await chat.getByRole('button', { name: /new chat/i }).click();
    const [first, second, asked] = await Promise.all([tell(0), tell(1), ask(chat, STORY.content)]);
    expect([first, second]).toEqual(alone);
    expect(first).not.toBe(second);
    expect(asked.tokenIds).toEqual(askedAlone.tokenIds);
  } finally {
    await site.close();
  }
});

test('credits go where the receipts say, and anyone can check those', async ({ browser }) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    await serve(site, 3);
    const account = await openAccount(site.url, 'payer');
    const before = await account.availableMicros();
    const request = { model: MODEL, messages: [STORY], temperature: 0, max_tokens: 24 };
    const answer = await account.client.chat.completions.create(request).withResponse();
    expect((answer.data as unknown as { computepool: object }).computepool).toMatchObject({ codec: 'exact' });
    const receiptId = answer.response.headers.get('x-computepool-receipt')!;
    expect(answer.response.headers.get('x-computepool-mode')).toMatch(/^(solo|lan|speculative)$/);
    const { platform } = site.server;
    // The answer waits for nobody; who worked is paid behind it.
    const settled = () => expect.poll(() => platform.ledger.totals()).toMatchObject({ heldMicros: 0, openHolds: 0 });
    await settled();
    const paid = before - (await account.availableMicros());
    expect(paid).toBeGreaterThan(0);
    expect(paid).toBe(Math.round(Number(answer.response.headers.get('x-computepool-cost')) * 1_000_000));

    const [coalition] = site.server.snapshot().coalitions;
    const earned = await Promise.all(
      coalition!.seats.map(({ peer, start, end }) =>
        platform.ledger
          .balanceOf(peerOwner(peer))
          .then(({ availableMicros }) => ({ availableMicros, layers: end - start })),
      ),
    );
    const welcome = 10_000_000;
    const shares = earned.map(({ availableMicros }) => availableMicros - welcome);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(paid);
    for (const [index, { layers }] of earned.entries()) {
      const wholeLayers = earned.reduce((sum, one) => sum + one.layers, 0);
      expect(Math.abs(shares[index]! - (paid * layers) / wholeLayers)).toBeLessThanOrEqual(1);
    }

    // The same over rounded hidden states: what travelled is what the receipts hash.
    const rounded = await account.client.chat.completions
      .create({ ...request, codec: 'int8' } as typeof request)
      .withResponse();
    expect((rounded.data as unknown as { computepool: object }).computepool).toMatchObject({ codec: 'int8' });
    expect(Number(rounded.response.headers.get('x-computepool-cost'))).toBeGreaterThan(0);

    const { data, delivery } = (await account.get(`/v1/computepool/receipts/${receiptId}`)) as {
      data: SignedReceipt[];
      delivery: unknown;
    };
    const seats = coalition!.seats.map(({ peer }) => peer);
    expect(data.map(({ receipt }) => receipt.peer).sort()).toEqual(seats.sort());
    for (const signed of data) await checkReceipt(signed);
    // The server saw itself what it relayed.
    expect(delivery).toBeNull();
    await settled();
  } finally {
    await site.close();
  }
});

test('the entry tab closes in the middle of a streamed answer, which goes on and equals the uninterrupted one', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    const pages = await serve(site, 3);
    const { client } = await openAccount(site.url, 'patient');
    const request = { model: MODEL, messages: [STORY], temperature: 0.8, seed: 77, max_tokens: 120 };
    const calm = await client.chat.completions.create(request);
    const whole = calm.choices[0]!.message.content!;
    expect(whole.length, 'long enough to be interrupted').toBeGreaterThan(80);

    const entry = site.server.snapshot().coalitions[0]!.seats[0]!.peer;
    let text = '';
    let isClosed = false;
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (isClosed || text.length < 20) continue;
      isClosed = true;
      for (const page of pages) {
        const peer = await page.getByTestId('shard-card').first().getAttribute('data-peer');
        if (peer === entry) await page.close();
      }
    }
    expect(isClosed).toBe(true);
    expect(site.server.snapshot().coalitions.flatMap(({ seats }) => seats.map(({ peer }) => peer))).not.toContain(
      entry,
    );
    expect(text).toBe(whole);
  } finally {
    await site.close();
  }
});

test('a batch is answered by the same tabs', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    const { client } = await openAccount(site.url, 'batcher');
    const lines = ['What is a shard?', 'What is a pool?'].map((content, index) =>
      JSON.stringify({
        custom_id: `q${index}`,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: MODEL, messages: [{ role: 'user', content }], temperature: 0, max_tokens: 24 },
      }),
    );
    const file = await client.files.create({
      file: new File([lines.join('\n')], 'questions.jsonl'),
      purpose: 'batch',
    });
    // Nobody is there yet: the batch waits for tabs.
    const { id } = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    await serve(site, 2);
    await expect.poll(async () => (await client.batches.retrieve(id)).status).toBe('completed');
    const batch = await client.batches.retrieve(id);
    expect(batch.request_counts).toMatchObject({ total: 2, completed: 2, failed: 0 });
    const results = (await (await client.files.content(batch.output_file_id!)).text()).trim().split('\n');
    const texts = results.map((line) => JSON.parse(line).response.body.choices[0].message.content as string);
    expect(texts.every((text) => text.length > 10)).toBe(true);
  } finally {
    await site.close();
  }
});
