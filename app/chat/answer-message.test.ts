// Draws the real component to HTML: a model's text is hostile input.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, test } from 'vitest';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { AnswerFigures, type FiguresProps } from './answer-figures.tsx';
import { AnswerMessage } from './answer-message.tsx';
import { loadMarkdown } from './answer-text.tsx';
import type { AnswerTurn } from './conversation.ts';

const open = (figures: FiguresProps): string => renderToStaticMarkup(createElement(AnswerFigures, figures));

beforeAll(loadMarkdown);

const turn: AnswerTurn = { id: 2, role: 'assistant', text: 'Hello.', status: 'done' };
const stop = {
  start: 0,
  end: 4,
  backend: 'webgpu' as const,
  device: 'apple',
  totalBytes: 5e6,
  computeMs: 7,
  batch: 1,
  queueMs: 0,
  uploadMs: 0,
  readbackMs: 0,
  hopMs: 1,
};
const stats: AnswerStats = {
  route: [
    { ...stop, stage: 0 },
    { ...stop, stage: 1, start: 4, end: 8, computeMs: 9 },
  ],
  returnHopMs: 2,
  lapMs: 20,
  draftMs: 0,
  promptTokens: 5,
  tokens: 34,
  tokensPerSecond: 41.24,
  timeToFirstTokenMs: 120,
  laps: 33,
  lapTokens: 33,
  drafted: 0,
  accepted: 0,
  drafter: 'none',
};
const plan: RoutePlan = {
  mode: 'speculative',
  driver: 'here',
  local: false,
  drafter: 'ngram',
  stages: 2,
  reason: 'Laps take 80 ms, so guessing ahead pays.',
  predicted: { tokensPerSecond: 44, timeToFirstTokenMs: 130 },
  rejected: [{ mode: 'solo', why: 'No device has room for 9 GB.' }],
};
const draw = (fields: Partial<AnswerTurn>, onRetry?: (id: number) => void) =>
  renderToStaticMarkup(createElement(AnswerMessage, { turn: { ...turn, ...fields }, onRetry }));

test('the status is there for tests', () => {
  for (const status of ['streaming', 'done', 'error', 'cancelled'] as const) {
    expect(draw({ status })).toContain(`data-testid="answer" data-status="${status}"`);
  }
});

test('raw HTML stays text and a script address is dropped', () => {
  const html = draw({
    text: '<script>x</script> <b>bold</b>\n\n[click](javascript:alert%281%29) [ok](https://a.example)',
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<b>');
  expect(html).not.toContain('javascript:');
  expect(html).toContain('href="https://a.example" target="_blank" rel="noopener noreferrer nofollow"');
});

test('an image is never fetched, only linked', () => {
  const html = draw({ text: '![map](https://tracker.example/x.png)' });
  expect(html).not.toContain('<img');
  expect(html).toContain('href="https://tracker.example/x.png"');
});

test('the route and the figures stand under the answer', () => {
  const html = draw({ stats });
  expect(html).toContain('data-testid="answer-stats" data-tokens="34" data-tokens-per-second="41.24"');
  expect(html).toContain('2 tabs together · 41.2 tok/s · first token 120 ms');
  // Closed, they are not drawn.
  expect(html).not.toContain('waterfall');
  const opened = open({ stats, plan: undefined });
  const kinds = [...opened.matchAll(/data-testid="waterfall-row" data-kind="(\w+)"/g)].map((match) => match[1]);
  expect(kinds).toEqual(['stage', 'stage', 'return']);
  for (const text of ['[4, 8)', '5 MB', 'Back to the entry', 'compute 9.0 ms']) expect(opened).toContain(text);
});

test('a failed answer keeps what was written and can be tried again', () => {
  const error = { code: 'stage-left', message: 'A tab left.', next: 'Ask again.' };
  const html = draw({ status: 'error', error }, () => {});
  for (const text of ['Hello.', 'data-code="stage-left"', 'A tab left.', 'Ask again.', 'Try again']) {
    expect(html).toContain(text);
  }
  expect(draw({ status: 'error', error })).not.toContain('Try again');
});

test('a notice is shown in line, and an answer cut short says so', () => {
  const error = { code: 'stage-left', message: 'A tab left.' } as const;
  expect(draw({ status: 'streaming', notice: { kind: 'rerouted', error } })).toContain(
    'A tab left. Continuing on another route…',
  );
  expect(draw({ finishReason: 'length' })).toContain('limit of tokens');
});

test('why this route: predicted beside measured, and what was turned down', () => {
  const html = open({ stats, plan });
  expect(html).toContain('data-testid="route-choice" data-mode="speculative"');
  for (const text of [plan.reason, '44.0 tok/s', '41.2 tok/s', '130 ms', 'No device has room', 'not possible now']) {
    expect(html).toContain(text);
  }
});

test('that hidden states were rounded is said, and that they were not is not', () => {
  expect(open({ stats, plan: { ...plan, codec: 'int8' } })).toContain('one byte per number');
  for (const codec of ['exact', undefined] as const) {
    expect(open({ stats, plan: { ...plan, codec } })).not.toContain('Hidden states');
  }
});

test('what it cost stands with the receipt', () => {
  const html = draw({ stats, plan, settlement: { job: 'j', chargedMicros: 1_240, receiptId: 'r-77' } });
  for (const text of ['0.0012 credits', 'r-77', 'data-charged-micros="1240"']) expect(html).toContain(text);
});

test('a queue is a place in words and marks', () => {
  const html = draw({ text: '', status: 'streaming', queue: { place: 2, waiting: 5, reason: 'Four answers run.' } });
  expect(html).toContain('data-testid="queue-place" data-place="2" data-waiting="5"');
  for (const text of ['2nd of 5 in the queue', 'Four answers run.']) expect(html).toContain(text);
  expect(html).not.toContain('Reading the question');
});

test('without credits the card leads to where they are earned', () => {
  const error = { code: 'insufficient-credits', message: 'Not enough.', next: 'Lend a GPU.' };
  expect(draw({ status: 'error', error })).toContain('href="/join"');
  expect(draw({ status: 'error', error: { ...error, code: 'no-stages' } })).not.toContain('href="/join"');
});
