import { expect, test } from 'vitest';
import { type Aim, atLeast, atMost } from './aim.ts';
import type { PlotSpec } from './plot-spec.ts';
import { makeReceipt } from './receipt.ts';
import { putSummary } from './summarise-receipts.ts';

const RUN = { bench: 'x', args: [], chromium: 'Chromium 156' };
const receiptOf = (name: string, parts: { aims?: Aim[]; plot?: PlotSpec } = {}, dirty = false) => ({
  ...makeReceipt({ name, table: [], results: {}, ...parts }, RUN),
  commit: '0123456789abcdef',
  dirty,
});
const markers = (name: string, inside: string) =>
  `<!-- ${name}: npm run bench -- --summary -->\n${inside}\n<!-- /${name} -->\n`;
const DOCUMENT = `before\n${markers('aims', 'old')}between\n${markers('plots', 'old')}after\n`;

test('one row per aim, and a miss is seen', () => {
  const receipts = [
    receiptOf('frames', { aims: [atMost('ms', 55, 51), atMost('ms of 70 KB', 55, 60)] }),
    receiptOf('no-aims'),
    receiptOf('ratio', { aims: [atLeast('ratio', 1, 2)] }, true),
  ];
  const rows = putSummary(DOCUMENT, receipts)
    .split('\n')
    .filter((line) => line.includes('0123456'));
  expect(rows).toEqual([
    '| [frames](receipts/frames.json) | ms | ≤ 55 | 51 | yes | 0123456 |',
    '| [frames](receipts/frames.json) | ms of 70 KB | ≤ 55 | 60 | **no** | 0123456 |',
    '| [ratio](receipts/ratio.json) | ratio | ≥ 1 | 2 | yes | 0123456, changed |',
  ]);
});

test('each plot is shown, and the rest of the document stays', () => {
  const axis = { label: 'ms' };
  const plot = { title: 'Frames one way', x: axis, y: axis, panels: [] };
  const text = putSummary(DOCUMENT, [receiptOf('no-plot'), receiptOf('frames', { plot })]);
  expect(text).toContain('![Frames one way](plots/frames.svg)');
  expect(text).not.toContain('old');
  expect(text).toMatch(/^before\n.*between\n.*after\n$/s);
  expect(putSummary(text, [receiptOf('no-plot'), receiptOf('frames', { plot })])).toBe(text);
});

test('a document without the markers is not touched', () => {
  expect(() => putSummary('nothing here', [])).toThrow('no lines');
});
