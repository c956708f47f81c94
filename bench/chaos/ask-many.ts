// Eight answers at once over HTTP, each of another question, as the programs of one account ask: the entry's tab drives them.
import { openAccount } from '../../e2e/support/api-account.ts';
import type { SeenAnswer } from './judge-cell.ts';
import type { Network } from './open-network.ts';
import { until } from './until.ts';
import { longestSilenceS } from './watch-answer.ts';

const SESSIONS = 8;
const MAX_TOKENS = 80;
const PAID_MS = 60_000;
const QUESTIONS = Array.from({ length: SESSIONS }, (_, at) => `Tell me story ${at} about a fox.`);

export interface ManySeen {
  answers: SeenAnswer[];
  silentS: number;
  /** One of them had ended before the fault came. */
  isLate: boolean;
}

interface Job {
  state: string;
  usage: { prompt_tokens: number; completion_tokens: number };
  charged_credits: number | string;
}

/**
 * @param name of an account that asks for the first time: what others asked is in no cache of its own.
 * @param befall once every answer has begun.
 */
export async function askMany(network: Network, name: string, befall?: () => Promise<void>): Promise<ManySeen> {
  const { client, get } = await openAccount(network.server.url, name);
  const { data } = await client.models.list();
  const model = data[0]!.id;
  const begun = new Set<number>();
  const ended = new Set<number>();
  const told = QUESTIONS.map(async (content, at) => {
    const grown: { atMs: number }[] = [];
    const { data: chunks, response } = await client.chat.completions
      .create(
        { model, messages: [{ role: 'user', content }], seed: 5, max_tokens: MAX_TOKENS, stream: true },
        { timeout: 300_000 },
      )
      .withResponse();
    let text = '';
    for await (const chunk of chunks) {
      const delta = chunk.choices[0]?.delta.content ?? '';
      if (delta === '') continue;
      text += delta;
      grown.push({ atMs: Date.now() });
      begun.add(at);
    }
    ended.add(at);
    return { text, grown, job: response.headers.get('x-computepool-receipt')! };
  });
  const all = Promise.all(told);
  let befellMs = Date.now();
  let isLate = false;
  if (befall) {
    await Promise.race([until('all answers begin', 120_000, async () => begun.size === SESSIONS), all.then(() => {})]);
    befellMs = Date.now();
    isLate = ended.size > 0;
    await befall();
  }
  const whole = await all;
  const answers: SeenAnswer[] = [];
  for (const { text, job } of whole) {
    const read = async () => (await get(`/v1/computepool/jobs/${job}`)) as Job;
    await until('a job is settled', PAID_MS, async () => (await read()).state === 'done');
    const { usage, charged_credits } = await read();
    answers.push({
      ...{ text, promptTokens: usage.prompt_tokens, tokens: usage.completion_tokens },
      chargedMicros: Math.round(Number(charged_credits) * 1e6),
    });
  }
  const from = ({ grown }: { grown: { atMs: number }[] }) => (befall ? befellMs : grown[0]!.atMs);
  const silentS = Math.max(...whole.map((each) => longestSilenceS(each.grown, from(each))));
  return { answers, silentS, isLate };
}
