// Draws the real components to HTML from an answer as the server gives it, through the parser that pages use.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { type PoolLive as Live, poolStateSchema } from '../../protocol/http/pool-state.ts';
import { MarketLine } from './market-line.tsx';
import { PoolList } from './pool-list.tsx';
import { PoolLive } from './pool-live.tsx';

const id = (digit: string) => digit.repeat(32);
const seat = (digit: string, start: number, ready = true) => ({
  ...{ peer: id(digit), start, end: start + 4, backend: 'webgpu' },
  ...{ totalBytes: 1000, loadedBytes: ready ? 1000 : 250, ready },
});
const member = (digit: string, fields = {}) => ({
  ...{ peer: id(digit), isHere: true, isListed: false, backend: 'webgpu' },
  ...{ device: 'apple · metal-3', msPerLayer: 2, memoryBytes: 1.6e9 },
  ...fields,
});
const predicted = { tokensPerSecond: 40, timeToFirstTokenMs: 90 };
const plan = {
  ...{ mode: 'lan', driver: 'entry', local: false, drafter: 'none', stages: 2 },
  ...{ reason: 'Two tabs hold it.', predicted, rejected: [] },
};
const recent = {
  ...{ endedAt: '2026-03-04T05:06:07.000Z', mode: 'lan', predicted, plan },
  outcome: { tokensPerSecond: 38, timeToFirstTokenMs: 95, lapMs: 26 },
};
const answer = {
  ...{ pool: 'owner/tiny@main:q4', model: { repo: 'owner/tiny', revision: 'main', dtype: 'q4' } },
  ...{ state: 'ready', reason: '2 tabs serve 8 layers.', peers: 3, policy: 'commons', market: null, isKept: true },
  ...{ stages: null, recruit: true, loaded: true, listedPeers: 0, price: null, createdBy: null },
  ...{ embedOrigins: [], sponsor: null },
  details: {
    ...{ layers: 8, hiddenSize: 64, layerBytes: Array(8).fill(500), kvBytesPerToken: 2048, contextTokens: 512 },
    ...{ embeddingBytes: 0, headBytes: 0, tiedBytes: 0 },
  },
  ...{ createdAt: null, updatedAt: null, lastEpoch: 3, waiting: 3, running: 2 },
  members: [member('c'), member('b'), member('a'), { peer: id('d'), isHere: false, isListed: true }],
  serving: { epoch: 3, state: 'ready', seats: [seat('a', 0), seat('b', 4)] },
  forming: null,
  recent: [recent],
};
const live = (fields = {}): Live => poolStateSchema.parse({ ...answer, ...fields });
const draw = (fields = {}) => renderToStaticMarkup(createElement(PoolLive, { live: live(fields) }));

test('ring, queue, model and members of a pool that serves', () => {
  const html = draw();
  expect(html).toContain('aria-label="2 tabs in a ring, with these parts of the model: 1–4, 5–8"');
  expect(html).toContain('data-testid="pool-queue" data-running="2" data-waiting="3"');
  for (const text of ['8.0 ms', '4 kB', '512 tokens', 'reserve', 'listed, away']) expect(html).toContain(text);
  expect(html.match(/<tr/g)).toHaveLength(1 + 4 + 3);
});

test('a tab in reserve has the layers that it holds beside it, as many bytes, and says while it loads', () => {
  const rowOf = (...reserve: { start: number; end: number; isReady: boolean }[]) => {
    const html = draw({ members: [member('a'), member('b'), member('c', { reserve })] });
    return html
      .split('<tr')
      .find((row) => row.includes('cccccccc'))!
      .replace(/<[^>]*>/g, '|');
  };
  const [first, second] = [
    { start: 0, end: 4, isReady: true },
    { start: 4, end: 8, isReady: true },
  ];
  expect(rowOf(first, second)).toMatch(/reserve\|.*1–8\|+2 kB/);
  expect(rowOf(first, second)).not.toContain('loading');
  expect(rowOf(first, { ...second, isReady: false })).toMatch(/reserve\|.*loading.*1–4\|+1 kB/);
  expect(rowOf()).toMatch(/reserve\|.*–\|+–\|+–/);
});

test('hops stand in the ring once an answer of this coalition was measured', () => {
  const stop = (stage: number) => ({
    stage,
    start: 4 * stage,
    end: 4 * stage + 4,
    computeMs: 6.5,
    waitMs: 0,
    hopMs: 1.7,
  });
  const outcome = { ...recent.outcome, epoch: 3, route: [stop(0), stop(1)], returnHopMs: 3.3 };
  expect(draw()).not.toContain('fill-hop');
  const html = draw({ recent: [{ ...recent, outcome }] });
  for (const text of ['6.5 ms', '1.7 ms', '3.3 ms']) expect(html).toContain(text);
});

test('a coalition that loads shows how far', () => {
  const forming = { epoch: 4, state: 'forming', seats: [seat('a', 0), seat('b', 4, false)] };
  expect(draw({ serving: null, forming })).toContain('loading 25 %');
});

test('nobody there, nothing answered: words instead of empty pictures', () => {
  const html = draw({ serving: null, members: [], recent: [], waiting: 0, running: 0 });
  for (const text of ['No tab is here yet.', 'No finished answers', 'No tab lends to it yet'])
    expect(html).toContain(text);
});

test('a list leads to each pool and marks one’s own', () => {
  const pools = [live({ createdBy: 'ann' })];
  const html = renderToStaticMarkup(createElement(PoolList, { pools, account: 'ann' }));
  expect(html).toContain('href="/pools?pool=owner%2Ftiny%40main%3Aq4"');
  for (const text of ['yours', 'ready', '8 parts', '4 kB']) expect(html).toContain(text);
  expect(renderToStaticMarkup(createElement(PoolList, { pools, account: undefined }))).not.toContain('yours');
});

test('a market pool is marked, and its price is in dollars', () => {
  const market = { chainId: 84532, contract: `0x${'ab'.repeat(20)}`, treasuryUnits: 3000 };
  const price = { promptMicros: 200_000, completionMicros: 200_000 };
  const pool = live({ policy: 'market', market, price });
  const list = (pools: Live[]) => renderToStaticMarkup(createElement(PoolList, { pools, account: undefined }));
  expect(list([pool])).toContain('>market<');
  expect(list([pool])).toContain('$0.20 per million tokens');
  expect(list([live({ price })])).not.toMatch(/>market<|\$/);
  const line = renderToStaticMarkup(createElement(MarketLine, { pool }));
  for (const text of ['$0.20 per million tokens, in USDC on Base Sepolia', '70 % to the tabs', '30 % to the treasury'])
    expect(line).toContain(text);
  expect(line).toContain(`https://sepolia.basescan.org/address/0x${'ab'.repeat(20)}`);
  const local = renderToStaticMarkup(
    createElement(MarketLine, { pool: live({ policy: 'market', market: { ...market, chainId: 5 }, price }) }),
  );
  expect(local).toContain('chain 5');
  expect(local).not.toContain('href');
  expect(renderToStaticMarkup(createElement(MarketLine, { pool: live() }))).toBe('');
});

test('an answer with a strange member is refused, not drawn', () => {
  expect(
    poolStateSchema.safeParse({ ...answer, members: [{ peer: '<img>', isHere: true, isListed: false }] }).success,
  ).toBe(false);
});
