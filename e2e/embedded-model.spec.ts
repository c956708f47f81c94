// The embedded model over two tabs against references that are not ours: transformers for fp32, onnxruntime's own CPU build
// for int4 (tools/train-model/golden.json).
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { ask, chatReady, openSite } from './support/site.ts';

interface GoldenEntry {
  source: string;
  messages: { role: string; content: string }[];
  input_ids: number[];
  greedy_ids: number[];
}

const golden = JSON.parse(readFileSync('tools/train-model/golden.json', 'utf8')) as {
  eos_token_id: number;
  max_new_tokens: number;
  entries: GoldenEntry[];
};

const CASES: { dtype: 'fp32' | 'q4'; source: string }[] = [{ dtype: 'q4', source: 'q4/onnxruntime-cpu' }];
if (process.env.ALL_SPLITS) CASES.push({ dtype: 'fp32', source: 'fp32/transformers' });

for (const { dtype, source } of CASES) {
  test(`${dtype} over two stages gives the greedy tokens of ${source}`, async ({ browser }) => {
    const entries = golden.entries.filter((entry) => entry.source === source && entry.messages.length === 1);
    expect(entries.length).toBeGreaterThanOrEqual(4);
    const site = await openSite(browser, {
      stages: 2,
      model: { repo: 'computepool/guide-4m', revision: 'main', dtype },
    });
    try {
      for (let index = 0; index < 2; index++) await site.openStage({ dtype });
      const chat = await site.openChat({ dtype, temperature: '0', max: String(golden.max_new_tokens) });
      await chatReady(chat, 2);
      for (const { messages, input_ids, greedy_ids } of entries) {
        const answer = await ask(chat, messages[0]!.content);
        expect(answer.stats.promptTokens).toBe(input_ids.length);
        // The end token ends the answer and is not part of it.
        expect(answer.tokenIds).toEqual(greedy_ids.filter((id) => id !== golden.eos_token_id));
        await chat.getByRole('button', { name: /new chat/i }).click();
      }
    } finally {
      await site.close();
    }
  });
}
