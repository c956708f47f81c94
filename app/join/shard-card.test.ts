// Draws the real component to HTML: what tests and people read must follow from StageState alone.

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import type { StageState } from '../../shard-worker/index.ts';
import { ShardCard } from './shard-card.tsx';

const peer = '0'.repeat(32) as PeerId;
const connecting: StageState = {
  phase: 'connecting',
  pool: poolIdOf({ repo: 'owner/tiny', revision: 'main', dtype: 'q4' }),
  served: {
    answers: 0,
    answerTokens: 0,
    sessions: 0,
    tokens: 0,
    stepMs: 0,
    tokensPerSecond: [],
    bytesIn: 0,
    bytesOut: 0,
  },
};
const slice = { epoch: 1, start: 2, end: 4, totalBytes: 900, loadedBytes: 600, networkBytes: 500, cachedBytes: 100 };
const seat = {
  peer,
  start: 2,
  end: 4,
  backend: 'wasm' as const,
  device: 'WASM, 1 thread',
  totalBytes: 900,
  loadedBytes: 600,
  ready: false,
};
const loading: StageState = {
  ...connecting,
  phase: 'loading',
  peer,
  backend: 'wasm',
  device: 'WASM, 1 thread',
  msPerLayer: 1.25,
  slice,
  coalition: {
    pool: connecting.pool,
    model: { repo: 'owner/tiny', revision: 'main', dtype: 'q4' },
    epoch: 1,
    state: 'forming',
    seats: [seat],
  },
};

beforeEach(() => {
  vi.stubGlobal('window', { location: new URL('https://pool.example') });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const draw = (state: StageState) =>
  renderToStaticMarkup(
    createElement(ShardCard, { state, number: 1, onRetry() {}, onPause() {}, onLeave() {}, onLeaveNow() {} }),
  );

test('a shard that connects has no slice to show', () => {
  const html = draw(connecting);
  expect(html).toContain('data-testid="shard-card" data-phase="connecting"');
  expect(html).not.toContain('data-start');
  expect(html).not.toContain('<progress');
});

test('a loading shard gives its range and where its bytes came from', () => {
  const html = draw(loading);
  const attributes = ['data-phase="loading"', 'data-start="2"', 'data-end="4"', 'data-network-bytes="500"'];
  for (const text of [...attributes, 'data-cached-bytes="100"', 'data-total-bytes="900"', 'this tab']) {
    expect(html).toContain(text);
  }
  expect(html).toMatch(
    /<progress[^>]*aria-label="Weights loaded"[^>]*value="600"|<progress[^>]*value="600"[^>]*max="900"/,
  );
});

test('counters appear only while serving', () => {
  const served = { ...connecting.served, answers: 17, tokens: 1234, tokensPerSecond: [0, 5, 9] };
  expect(draw({ ...loading, served })).not.toContain('1,234');
  const html = draw({ ...loading, phase: 'serving', served });
  expect(html).toContain('1,234');
  expect(html).toContain('9.0 tok/s');
  expect(html).toMatch(/Answers helped<\/dt><dd[^>]*>17</);
});

test('a price is told in what the pool is paid in: credits, or dollars in a market', () => {
  const price = { promptMicros: 50_000, completionMicros: 200_000 };
  expect(draw({ ...loading, price })).toContain('200 credits for 1000 tokens of an answer');
  const html = draw({ ...loading, policy: 'market', price, payoutAddress: `0x${'ab'.repeat(20)}` });
  expect(html).toContain('$0.20 per million tokens of an answer');
  expect(html).toContain('ab'.repeat(20));
  expect(html).not.toContain('credit');
});

test('who named no address reads what to do', () => {
  const { code, message, next } = new PoolError('payout-required', 'This pool pays in USDC.');
  const html = draw({ ...loading, phase: 'failed', error: { code, message, next } });
  for (const text of ['data-code="payout-required"', 'This pool pays in USDC.', 'Press Leave, write the address']) {
    expect(html).toContain(text);
  }
});

test('a failure says what happened, what next, and offers another try', () => {
  const error = { code: 'out-of-memory' as const, message: 'No room.', next: 'Close other tabs.' };
  const html = draw({ ...loading, phase: 'failed', error });
  for (const text of ['data-code="out-of-memory"', 'No room.', 'Close other tabs.', '>Try again</button>']) {
    expect(html).toContain(text);
  }
});

test('E7: others can be invited while it waits and while it serves', () => {
  for (const phase of ['waiting', 'serving'] as const) expect(draw({ ...loading, phase })).toContain('Invite another');
  for (const phase of ['connecting', 'loading', 'failed', 'left'] as const) {
    expect(draw({ ...loading, phase })).not.toContain('Invite another');
  }
});

test('text of a hostile hub stays text', () => {
  const html = draw({ ...loading, note: '<img src=x onerror=alert(1)>' });
  expect(html).not.toContain('<img');
});

test('B11: a server that is away: since when, when it is tried next, and what goes on', () => {
  const away = { sinceMs: performance.now() - 12_500, nextTryMs: performance.now() - 1 };
  const html = draw({ ...loading, phase: 'connecting', away });
  expect(html).toContain('Away for 12 s. Trying again now.');
  expect(html).not.toContain('Connecting to the server');
  expect(html, 'it is not at its first step again').not.toContain('Read the model');
  expect(draw({ ...loading, phase: 'left', away })).not.toContain('Away for');
});
