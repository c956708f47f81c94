// Other people's clients against a network of tabs, each as it comes: what the official one gets, they get.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import { type Asked, askWithAiSdk, askWithLangChain } from './clients/ask-with-node.ts';
import { openAccount } from './support/api-account.ts';
import { javaFault, pythonFault, runClient } from './support/find-clients.ts';
import { openSite, type Site } from './support/site.ts';

const MODEL = 'computepool/guide-4m';
const QUESTION = 'What is a shard?';
const REQUEST = {
  ...{ model: MODEL, messages: [{ role: 'user' as const, content: QUESTION }] },
  ...{ temperature: 0, seed: 7, max_tokens: 16 },
};
const TOO_LONG = 'word '.repeat(3000);

let site: Site;
let apiKey: string;
let text: string;
let asked: Asked;
let env: Record<string, string>;
test.beforeAll(async ({ browser }) => {
  site = await openSite(browser, { stages: 1 });
  const stage = await site.openStage();
  await expect(stage.getByTestId('shard-card').first()).toHaveAttribute('data-phase', 'serving');
  const { client } = await openAccount(site.url, 'other-clients');
  apiKey = client.apiKey ?? '';
  text = (await client.chat.completions.create(REQUEST)).choices[0]?.message.content ?? '';
  expect(text.length).toBeGreaterThan(10);
  const baseUrl = `${site.url}/v1`;
  asked = { baseUrl, apiKey, model: MODEL, question: QUESTION, tooLong: TOO_LONG, seed: 7, maxTokens: 16 };
  env = { BASE_URL: baseUrl, API_KEY: apiKey, REQUEST: JSON.stringify(REQUEST), LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
});
test.afterAll(() => site?.close());

/** Printed with the reason, so that nobody takes it for shown. */
function skipUnless(fault: string | undefined): void {
  if (fault) console.log(`skipped: ${fault}`);
  test.skip(fault !== undefined, fault);
}

interface Answer {
  choices: { message: { content: string } }[];
}

test('A2: Java’s HTTP client, which offers HTTP/2', async () => {
  skipUnless(javaFault());
  const told = (await runClient('java', [], env)) as { models: { data: { id: string }[] }; answers: Answer[] };
  expect(told.models.data.map(({ id }) => id)).toContain(MODEL);
  expect(told.answers.map(({ choices }) => choices[0]?.message.content)).toEqual([text, text]);
});

for (const [name, module, tooLong] of [
  ['openai', 'openai', '400 context_length_exceeded messages'],
  ['litellm', 'litellm', '400 ContextWindowExceededError'],
  ['langchain', 'langchain_openai', '400 context_length_exceeded messages'],
] as const) {
  test(`A4: Python’s ${name}`, async () => {
    skipUnless(pythonFault(module));
    expect(await runClient('python', [name], env)).toMatchObject({ text, streamed: text, tooLong });
  });
}

test('A4: the AI SDK', async () => {
  expect(await askWithAiSdk(asked)).toEqual({ text, streamed: text, tooLong: '400 context_length_exceeded' });
});

test('A4: LangChain for Node', async () => {
  expect(await askWithLangChain(asked)).toEqual({ text, streamed: text, tooLong: '400 ContextOverflowError' });
});

test('A3: the official client in a page of another origin', async ({ browser }) => {
  const bundle = await build({
    stdin: { contents: "export { OpenAI } from 'openai';", resolveDir: process.cwd() },
    ...{ bundle: true, write: false, format: 'iife', globalName: 'client', platform: 'browser', logLevel: 'error' },
  });
  const other = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>another site</title><script>${bundle.outputFiles[0]?.text}</script>`);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    const told = await page.evaluate(
      async ({ baseURL, key, request }) => {
        const { OpenAI } = (globalThis as unknown as { client: typeof import('openai') }).client;
        const client = new OpenAI({ baseURL, apiKey: key, dangerouslyAllowBrowser: true, maxRetries: 0 });
        const models = (await client.models.list()).data.map(({ id }) => id);
        const whole = await client.chat.completions.create(request).withResponse();
        let streamed = '';
        for await (const { choices } of await client.chat.completions.create({ ...request, stream: true })) {
          streamed += choices[0]?.delta.content ?? '';
        }
        const headers = ['x-request-id', 'x-computepool-mode', 'server-timing'].map((name) =>
          whole.response.headers.get(name),
        );
        return { models, text: whole.data.choices[0]?.message.content, streamed, headers };
      },
      { baseURL: asked.baseUrl, key: apiKey, request: REQUEST },
    );
    expect(told).toMatchObject({ models: [MODEL], text, streamed: text });
    expect(told.headers.every((value) => value !== null)).toBe(true);
  } finally {
    await context.close();
    other.close();
  }
});
