// SIGKILL of a real server at each of its transactions, just before the chain has it and just after: never two opens, never two ends, no
// flow that nobody ends, and no money that nobody has. One of the fourteen here; ALL_KILLS=1 (`npm run test:kills`) does all.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalChain, openLocalChain } from '../../tools/chain/local-chain.ts';
import { ask, endSession, KillableServer, MARKET, newPayer, paySession, untilClosed, usdcOf } from './test-killable.ts';
import { PaidTab, QUESTION } from './test-paid-tab.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
/** Transactions of a session in their order, by how it is paid and how fast it is answered; and those at which the server is killed. */
const LIVES = [
  { mode: 'stream', paceMs: 150, steps: ['fund', 'seats', 'open', 'close'], at: ['fund', 'seats', 'open', 'close'] },
  { mode: 'stream', paceMs: 1_200, steps: ['fund', 'seats', 'open', 'rest'], at: ['rest'] },
  { mode: 'ticks', paceMs: 20, steps: ['fund', 'settle'], at: ['fund', 'settle'] },
] as const;
const FUNDS = 5_000_000n;
/** $20 for a million tokens at 10 a second, nine tenths of it. */
const RATE_WEI = 180_000_000_000_000n;
const ALL = LIVES.flatMap(({ at, ...life }) =>
  at.flatMap((step) => [
    { ...life, step, when: 'before' as const },
    { ...life, step, when: 'after' as const },
  ]),
);
const CASES = process.env.ALL_KILLS
  ? ALL
  : ALL.filter(({ mode, step, when }) => mode === 'ticks' && step === 'settle' && when === 'before');

let folder: string;
let chain: LocalChain;
let proxy: Server;
/** Called with the number of a transaction that the server sends. */
let onTransaction: (at: number, when: 'before' | 'after') => Promise<void> = async () => {};
let sent = 0;
/** The server was killed before this arrived. */
let isCut = false;

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), 'computepool-killed-'));
  chain = await openLocalChain(folder);
  proxy = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const isTransaction = body.includes('eth_sendRawTransaction');
    const at = isTransaction ? ++sent : 0;
    if (isTransaction) await onTransaction(at, 'before');
    if (isTransaction && isCut) return void response.destroy();
    const answer = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (isTransaction) await onTransaction(at, 'after');
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
afterAll(async () => {
  proxy?.close();
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.runIf(isThere)('with a chain', () => {
  test.each(CASES)('$mode: killed just $when its transaction to $step', async ({ mode, paceMs, steps, step, when }) => {
    const node = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const server = await KillableServer.start(mkdtempSync(join(folder, 'data-')), chain, node);
    try {
      const tab = await PaidTab.serve(server.url, MARKET, privateKeyToAccount(generatePrivateKey()).address);
      tab.paceMs = paceMs;
      const wallet = await newPayer(chain, FUNDS);
      const first = sent;
      let isDone = false;
      let killedMs = 0;
      onTransaction = async (at, now) => {
        if (isDone || at - first !== (steps as readonly string[]).indexOf(step) + 1 || now !== when) return;
        isDone = true;
        isCut = when === 'before';
        await server.kill();
        killedMs = performance.now();
      };
      const session = await paySession(server.url, wallet, mode);
      if (session.key) {
        // What the server does not answer any more is left.
        await ask(server.url, session.key, QUESTION).then(
          (answer) => answer.text().catch(() => undefined),
          () => undefined,
        );
        await endSession(server.url, session);
      }
      await expect.poll(() => isDone, { timeout: 20_000 }).toBe(true);
      isCut = false;
      await server.start();
      const awaySeconds = Math.ceil((performance.now() - killedMs) / 1000);
      if (session.key) await endSession(server.url, session);
      const { names } = await untilClosed(chain, session.vault);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const { names: after } = await untilClosed(chain, session.vault);
      expect(after).toEqual(names);
      expect(after.filter((name) => name === 'Opened').length).toBeLessThanOrEqual(1);
      expect(after.filter((name) => name === 'Closed' || name === 'Reclaimed')).toHaveLength(1);
      expect(await usdcOf(chain, session.vault)).toBe(0n);
      // Nobody pays for more than the answer, the fee, ten seconds and those in which no server was there.
      const cost = FUNDS - (await usdcOf(chain, wallet.address));
      expect(cost * 10n ** 12n).toBeLessThanOrEqual(
        225n * 10n ** 12n + 40_000n * 10n ** 12n + BigInt(10 + awaySeconds) * RATE_WEI,
      );
    } finally {
      onTransaction = async () => {};
      isCut = false;
      await server.kill();
    }
  });
});
