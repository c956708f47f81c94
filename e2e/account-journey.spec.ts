// What a person does with credits: an account, a key for a program, a browser that earns, what an answer cost, and an answer
// of this device alone that costs nothing.
import { expect, type Page, test } from '@playwright/test';
import OpenAI from 'openai';
import { register } from './support/register.ts';
import { ask, chatReady, openSite } from './support/site.ts';

const MODEL = 'computepool/guide-4m';
const QUESTION = 'What is a shard?';

const cardOf = (stage: Page) => stage.getByTestId('shard-card').first();

async function peerOf(stage: Page): Promise<string> {
  await expect(cardOf(stage)).toHaveAttribute('data-peer', /^[0-9a-f]{32}$/);
  return (await cardOf(stage).getAttribute('data-peer'))!;
}

const serving = (stage: Page) => expect(cardOf(stage)).toHaveAttribute('data-phase', 'serving');

const availableMicros = async (account: Page): Promise<number> =>
  Number(await account.getByTestId('balance').locator('[data-available-micros]').getAttribute('data-available-micros'));

test('an account pays for a program with a key, reads what it cost, and lets its browser earn', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    const stages = [await site.openStage(), await site.openStage()];
    const account = await stages[0]!.context().newPage();
    await register(account, site.url, 'maria');
    const welcome = await availableMicros(account);
    expect(welcome).toBeGreaterThan(0);

    await account.getByLabel('What the key is for').fill('laptop');
    await account.getByTestId('create-key').click();
    const apiKey = await account.getByTestId('new-key').locator('code').innerText();
    await account.reload();
    await expect(account.getByTestId('api-key')).toContainText(apiKey.slice(0, 8));
    await expect(account.getByText(apiKey)).toHaveCount(0);

    for (const stage of stages) await serving(stage);
    const client = new OpenAI({ apiKey, baseURL: `${site.url}/v1`, maxRetries: 0, timeout: 60_000 });
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: QUESTION }],
      temperature: 0,
      max_tokens: 24,
    });
    expect(answer.choices[0]?.message.content).toMatch(/\w+ \w+/);

    // The answer waits for nobody; who worked is paid behind it.
    await expect.poll(() => site.server.platform.ledger.totals()).toMatchObject({ openHolds: 0 });
    await account.reload();
    const entry = account.getByTestId('statement-entry').first();
    await expect(entry).toHaveAttribute('data-micros', /^-[1-9]/);
    expect(welcome - (await availableMicros(account))).toBe(-Number(await entry.getAttribute('data-micros')));
    const usage = account.getByTestId('jobs').locator('tbody tr');
    await expect(usage).toHaveCount(1);
    await expect(usage).toHaveAttribute('title', `job ${await entry.getAttribute('data-job')}`);
    await expect(usage).toContainText(`${answer.usage!.prompt_tokens} + ${answer.usage!.completion_tokens}`);

    const spent = await availableMicros(account);
    await account.getByTestId('claim-peers').click();
    await expect(account.getByTestId('peers')).toContainText(await peerOf(stages[0]!));
    // What the tab earned came along, and its own welcome credits did not: a person has those once (D5).
    await expect.poll(() => availableMicros(account)).toBeGreaterThan(spent);
    expect(await availableMicros(account)).toBeLessThanOrEqual(welcome);
    await expect(stages[0]!.getByTestId('earnings')).toContainText('maria');
    await expect(stages[1]!.getByTestId('earnings')).not.toContainText('maria');
  } finally {
    await site.close();
  }
});

test('an answer shows its cost and receipt; this device alone says the same for nothing; tabs keep their identity', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    const stages = [await site.openStage(), await site.openStage()];
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await chatReady(chat, 2);
    const together = await ask(chat, QUESTION);
    expect(together.stats.route).toHaveLength(2);
    const charge = chat.getByTestId('charge').last();
    await expect(charge).toHaveAttribute('data-charged-micros', /^[1-9]/);
    await expect(charge).toHaveAttribute('data-receipt', /^[0-9a-f]{32}$/);
    await chat.getByTestId('answer-stats').last().locator('summary').click();
    await expect(chat.getByTestId('route-choice').last()).toContainText('Why this route');

    await chat.getByRole('button', { name: 'New chat' }).click();
    await chat.getByTestId('mode-picker').getByText('This device').click();
    await expect(chat.getByTestId('local-model')).toHaveAttribute('data-phase', 'ready');
    const alone = await ask(chat, QUESTION);
    expect(alone.plan).toMatchObject({ mode: 'solo', local: true });
    expect(alone.tokenIds).toEqual(together.tokenIds);
    await expect(chat.getByTestId('charge').last()).toHaveAttribute('data-charged-micros', '0');

    const [stage] = stages;
    const peer = await peerOf(stage!);
    await stage!.reload();
    expect(await peerOf(stage!)).toBe(peer);
    const sibling = await stage!.context().newPage();
    await sibling.goto(`${site.url}/join?auto=1&backend=wasm`);
    expect(await peerOf(sibling)).not.toBe(peer);
    expect(await peerOf(stage!)).toBe(peer);

    for (const page of [...stages, sibling]) await page.close();
    await expect.poll(() => site.server.snapshot().pools[0]?.peers).toBe(0);
    await chat.getByRole('button', { name: 'New chat' }).click();
    expect((await ask(chat, QUESTION)).tokenIds, 'with nobody else there').toEqual(together.tokenIds);
  } finally {
    await site.close();
  }
});
