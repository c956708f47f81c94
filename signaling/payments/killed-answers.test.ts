// SIGKILL of a real server in the middle of an answer: who computed it is paid for what it had shown by then, once, and the rest goes
// back. Two servers of three seconds each: ALL_KILLS=1 (`npm run test:kills`); `settle-shown.test.ts` has the rules without a chain.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalChain, openLocalChain } from '../../tools/chain/local-chain.ts';
import { ask, endSession, KillableServer, MARKET, newPayer, paySession, untilClosed, usdcOf } from './test-killable.ts';
import { PaidTab, QUESTION } from './test-paid-tab.ts';

const isAsked = process.env.ALL_KILLS !== undefined && existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const FUNDS = 5_000_000n;
const RATE_WEI = 180_000_000_000_000n;
/** Words that its caller has when the server is killed, and those that were surely shown by then: half a second of them is not. */
const WORDS = 7;
const SHOWN = 3;
/** Millionths of a dollar: a prompt of five, and words at $20 for a million. */
const worthOf = (words: number): bigint => 25n + 20n * BigInt(words);

let folder: string;
let chain: LocalChain;
beforeAll(async () => {
  if (!isAsked) return;
  folder = mkdtempSync(join(tmpdir(), 'computepool-killed-answers-'));
  chain = await openLocalChain(folder);
});
afterAll(async () => {
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Reads until so many words have come. */
async function readWords(answer: Response, words: number): Promise<void> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while ((text.match(/word\d/g) ?? []).length < words) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The answer ended too early: ${text}`);
    text += value;
  }
}

describe.runIf(isAsked)('with a chain', () => {
  test.each(['ticks', 'stream'] as const)('%s: what was shown is paid, and nothing twice', async (mode) => {
    const server = await KillableServer.start(mkdtempSync(join(folder, 'data-')), chain);
    try {
      const tab = await PaidTab.serve(server.url, MARKET, privateKeyToAccount(generatePrivateKey()).address);
      tab.paceMs = 250;
      const wallet = await newPayer(chain, FUNDS);
      const session = await paySession(server.url, wallet, mode);
      await readWords(await ask(server.url, session.key!, QUESTION, true), WORDS);
      await server.kill();
      const killedMs = performance.now();
      await server.start();
      const awaySeconds = BigInt(Math.ceil((performance.now() - killedMs) / 1000));
      await endSession(server.url, session);
      const closed = await untilClosed(chain, session.vault);
      const cost = FUNDS - (await usdcOf(chain, wallet.address)) - session.fee;
      expect(cost).toBeGreaterThanOrEqual(worthOf(SHOWN));
      const streamed = mode === 'stream' ? ((10n + awaySeconds) * RATE_WEI) / 10n ** 12n : 0n;
      expect(cost).toBeLessThanOrEqual(worthOf(WORDS + 1) + streamed);
      if (mode === 'ticks') expect((cost - 25n) % 20n, 'whole words').toBe(0n);
      expect(closed.paidWei).toBeGreaterThanOrEqual(worthOf(SHOWN) * 10n ** 12n);
      expect(await usdcOf(chain, session.vault)).toBe(0n);
      // A third server finds nothing left to do.
      await server.kill();
      await server.start();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(await untilClosed(chain, session.vault)).toEqual(closed);
      expect(closed.names.filter((name) => name === 'Closed' || name === 'Reclaimed')).toHaveLength(1);
      expect(FUNDS - (await usdcOf(chain, wallet.address)) - session.fee).toBe(cost);
    } finally {
      await server.kill();
    }
  });
});
