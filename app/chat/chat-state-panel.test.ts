// Draws the real component to HTML: phase and number of stages must be readable by people and by tests.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import { type ModelRef, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { ChatStatePanel } from './chat-state-panel.tsx';

const model: ModelRef = { repo: 'owner/tiny', revision: 'main', dtype: 'q4' };
const seat = (index: number, ready: boolean) => ({
  peer: String(index).repeat(32) as PeerId,
  start: 2 * index,
  end: 2 * index + 2,
  backend: 'wasm' as const,
  device: 'WASM, 1 thread',
  totalBytes: 100,
  loadedBytes: ready ? 100 : 40,
  ready,
});
const coalition = (ready: boolean): Coalition => ({
  pool: poolIdOf(model),
  model,
  epoch: 1,
  state: ready ? 'ready' : 'forming',
  seats: [seat(0, true), seat(1, ready)],
});
const draw = (state: ChatState | undefined, error?: { code: string; message: string; next: string }) =>
  renderToStaticMarkup(createElement(ChatStatePanel, { state, error, model, streaming: false, onReopen() {} }));

test('before there is any state it connects', () => {
  expect(draw(undefined)).toContain('data-testid="chat-state" data-phase="connecting" data-stages="0"');
});

test('without tabs it leads to /join, by hand or at once', () => {
  const html = draw({ phase: 'no-stages', pool: poolIdOf(model), pools: [] });
  expect(html).toContain('data-phase="no-stages"');
  expect(html).toContain('href="/join?model=owner%2Ftiny&amp;revision=main&amp;dtype=q4"');
  expect(html).toContain('dtype=q4&amp;auto=1"');
});

test('E7: a pool that waits for more tabs says so and can be joined', () => {
  const pool = poolIdOf(model);
  const reason = 'One of two tabs is here; one more is needed.';
  const html = draw({ phase: 'forming', pool, pools: [{ pool, model, peers: 1, state: 'waiting', reason }] });
  expect(html.split(reason)).toHaveLength(2);
  expect(html).toContain('Lend a tab too');
  expect(html).not.toContain('giving them their layers');
});

test('forming shows the progress of the seat that still loads', () => {
  const html = draw({ phase: 'forming', pool: poolIdOf(model), pools: [], coalition: coalition(false) });
  expect(html).toContain('data-phase="forming" data-stages="2"');
  expect(html).toContain('Forming: 1 of 2 tabs are ready.');
  expect(html).not.toContain('Lend a tab too');
  expect(html.match(/<progress/g)).toHaveLength(1);
});

test('ready names who would answer', () => {
  const html = draw({ phase: 'ready', pool: poolIdOf(model), pools: [], coalition: coalition(true) });
  expect(html).toContain('data-phase="ready" data-stages="2"');
  expect(html).toContain('2 tabs would answer together.');
  expect(html).not.toContain('<progress');
});

test('a tab that is late is shown as late', () => {
  const late = [seat(1, true).peer];
  const html = draw({ phase: 'ready', pool: poolIdOf(model), pools: [], coalition: coalition(true), late });
  expect(html).toContain('Tab 2 is late.');
});

test('a failure is a card with the next step', () => {
  const html = draw(undefined, { code: 'version-mismatch', message: 'Too old.', next: 'Reload.' });
  expect(html).toContain('data-phase="failed"');
  expect(html).toContain('data-code="version-mismatch"');
  expect(html).toContain('Reload.');
});

test('a tab that holds the whole model needs nobody', () => {
  const local = { phase: 'ready' as const, loadedBytes: 8, totalBytes: 8 };
  const html = draw({ phase: 'no-stages', pool: poolIdOf(model), pools: [], local });
  expect(html).toContain('this one holds all of it');
  expect(html).not.toContain('nobody can answer');
});

test('B11: a server that is away: since when, when it is tried next, and what goes on', () => {
  const away = { sinceMs: performance.now() - 12_500, nextTryMs: performance.now() + 60_000 };
  const html = draw({ phase: 'connecting', pool: poolIdOf(model), pools: [], coalition: coalition(true), away });
  expect(html).toContain('Away for 12 s. Next try in 1 min 0 s.');
  expect(html).toContain('goes on');
  expect(html).not.toContain('Connecting.');
  const local = { phase: 'ready' as const, loadedBytes: 8, totalBytes: 8 };
  expect(draw({ phase: 'connecting', pool: poolIdOf(model), pools: [], away, local })).toContain('answers alone');
});
