// Paid by the second, on one machine: a local chain, the contracts, a server, three tabs that lend and one in reserve, and a payer with
// stock clients. At its end the chain itself is asked where every wei is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatUnits, type Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { startServer } from '../signaling/start-server.ts';
import { launchBrowser } from './browser/launch-browser.ts';
import { openLocalChain } from './chain/local-chain.ts';
import { TEST_MNEMONIC } from './chain/test-mnemonic.ts';
import { type LendingTab, openLendingTab, waitUntilReady } from './demo-paid/lending-tabs.ts';
import { type PaidKey, Payer } from './demo-paid/pay.ts';
import { isBalanced, type MoneyPlaces, readOperators, readSums } from './demo-paid/read-sums.ts';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { ensureBuilt, SITE_DIR } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const HELP = `Operators of a market pool are paid in USDC by the second, on a local chain where all of it is worth nothing.

  npm run demo:paid -- [options]

  --json            the sums at the end as one JSON object on standard output; all else goes to standard error
  --max-tokens N    of each answer, default 160`;

const STAGES = 3;
const SLUG = 'market';
const POOL = `${DEFAULT_MODEL.repo}@${DEFAULT_MODEL.revision}:${DEFAULT_MODEL.dtype}/${SLUG}`;
/** $400 for a million tokens: so dear that balances are seen to grow within an answer. */
const PRICE_PICO = 400_000_000;
const QUESTIONS = ['Tell me a story.', 'What is a shard?', 'Tell me a story about a fox.', 'What is a lap?'];
const END_MS = 60_000;
const LOOK_MS = 500;

type Cleanup = () => Promise<unknown>;

runMain(async () => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' }, 'max-tokens': { type: 'string' } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const screen = values.json ? process.stderr : process.stdout;
  const cleanups: Cleanup[] = [];
  try {
    const sums = await run((line) => screen.write(`${line}\n`), Number(values['max-tokens'] ?? 160), cleanups);
    if (values.json) console.log(JSON.stringify(sums));
    return sums.balanced ? 0 : 1;
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup().catch(() => {});
  }
});

async function run(say: (line: string) => void, maxTokens: number, cleanups: Cleanup[]) {
  await ensureInstalled(join(ROOT, 'contracts'));
  await ensureBuilt();
  const { path } = await ensureBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'computepool-paid-'));
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true }));
  const chain = await openLocalChain(folder, say);
  cleanups.push(() => chain.close());
  const server = await startServer({
    ...{ model: DEFAULT_MODEL, stages: STAGES, siteDir: SITE_DIR, modelsDir: 'public/models', logger: 'silent' },
    ...{ marketPricePico: PRICE_PICO },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
  });
  cleanups.push(() => server.close());
  say(`Server: ${server.url}; market pool ${POOL}`);
  const browser = await launchBrowser({ executablePath: path, headless: true });
  cleanups.push(() => browser.close());
  const tabs: LendingTab[] = [];
  for (let at = 0; at <= STAGES; at++) {
    const payout = mnemonicToAccount(TEST_MNEMONIC, { addressIndex: 2 + at }).address;
    tabs.push(await openLendingTab(browser, server.url, SLUG, payout));
    say(`Tab ${at + 1} lends, and is paid at ${payout}`);
  }
  const places: MoneyPlaces = {
    ...{ url: chain.url, escrow: chain.deployment.escrow, usdc: chain.deployment.usdc, usdcx: chain.deployment.usdcx },
    ...{ market: chain.deployment.pools[SLUG]!, feeTo: chain.feeTo, keys: [] as Hex[] },
    operators: tabs.map(({ payout }) => payout),
  };
  const payer = new Payer(server.url, chain.payer, chain.deployment.usdc, 'eip155:31337');
  const seats = await waitUntilReady(server, POOL, STAGES);
  say(`A coalition of ${STAGES} serves.`);

  const first = await payer.openSession({ model: POOL, seconds: 120, mode: 'stream' });
  say(`402, one signature, and a key. ${first.mode}: ${first.reason} Deposit ${first.deposit} USDC, fee ${first.fee}.`);
  await askAloud(payer, first, { maxTokens, say, places });
  await end(payer, first, say);

  const second = await payer.openSession({ model: POOL, seconds: 120, mode: 'stream' });
  say('\nA second session; in the middle of its answer the middle tab is closed.');
  const middle = tabs.find(({ peer }) => peer === seats[1]);
  await askAloud(payer, second, { maxTokens, say, places, onWord: once(3, () => void middle?.context.close()) });
  await end(payer, second, say);

  const answer = await payer.payForAnswer({
    ...{ model: POOL, messages: [{ role: 'user', content: 'What is a tab?' }], max_tokens: 40, temperature: 0 },
  });
  say(`\nOne answer for one payment, without a key: ${JSON.stringify(answer.text)} cost ${answer.cost}`);
  (places.keys as Hex[]).push(answer.session);
  const sums = await waitForSums(places);
  const said = Object.fromEntries(Object.entries(sums).map(([name, wei]) => [name, String(wei)]));
  say(`\nWhere every wei is, as the chain says:`);
  for (const [name, wei] of Object.entries(sums)) say(`  ${name.padEnd(10)} ${formatUnits(wei, 18)}`);
  const balanced = isBalanced(sums);
  say(balanced ? 'deposit = all the others together, to the wei.' : 'The sums do NOT balance.');
  return { ...said, balanced };
}

interface Asking {
  maxTokens: number;
  say(line: string): void;
  places: MoneyPlaces;
  onWord?: () => void;
}

/** The answer as it comes, and beside it what each operator has by then. */
async function askAloud(payer: Payer, paid: PaidKey, { maxTokens, say, places, onWord }: Asking): Promise<void> {
  (places.keys as Hex[]).push(paid.id);
  let text = '';
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const amounts = await readOperators(places);
      say(`  ${amounts.map((wei) => Number(formatUnits(wei, 18)).toFixed(9)).join('  ')} USDC`);
      await sleep(LOOK_MS);
    }
  })();
  // Several in a row: one is over before a block or two have passed.
  for (const question of QUESTIONS) {
    text += `\n> ${question}\n`;
    for await (const part of payer.ask(paid, POOL, question, maxTokens)) {
      text += part;
      if (part) onWord?.();
    }
  }
  isOver = true;
  await watching;
  say(text.trim());
}

async function end(payer: Payer, paid: PaidKey, say: (line: string) => void): Promise<void> {
  await payer.end(paid);
  const untilMs = performance.now() + END_MS;
  for (;;) {
    const session = await payer.read(paid);
    if (session.state === 'over') {
      say(`Ended: ${session.earned_usdc} USDC earned. ${session.outcome}`);
      const { data } = (await payer.log(paid)) as { data: { step: string; transaction: string }[] };
      for (const { step, transaction } of data) say(`  ${step.padEnd(8)} ${transaction}`);
      return;
    }
    if (performance.now() > untilMs) throw new Error(`The session did not end: ${JSON.stringify(session)}`);
    await sleep(LOOK_MS);
  }
}

/** The last payment ends by itself: sums hold at any time, but are shown when it has. */
async function waitForSums(places: MoneyPlaces) {
  const untilMs = performance.now() + END_MS;
  for (;;) {
    const sums = await readSums(places);
    const again = await readSums(places);
    const isStill =
      JSON.stringify(Object.values(sums).map(String)) === JSON.stringify(Object.values(again).map(String));
    if (isStill && again.vaultDust < 10n ** 12n * BigInt(places.keys.length + 1)) return again;
    if (performance.now() > untilMs) return again;
    await sleep(LOOK_MS);
  }
}

function once(words: number, act: () => void): () => void {
  let left = words;
  return () => {
    left--;
    if (left === 0) act();
  };
}
