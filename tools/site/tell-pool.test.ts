import { expect, onTestFinished, test } from 'vitest';
import { tellPool } from '../../app/format/tell-pool.ts';
import { layTexts } from '../../app/text/catalogue.ts';
import { german } from '../../app/text/german/german.ts';
import type { PoolReason } from '../../protocol/pool-reason.ts';
import { exclusionSchema } from '../../protocol/pool-reason.ts';
import { tellReason } from '../../signaling/planner/tell-reason.ts';

const REASONS: PoolReason[] = [
  ...[{ kind: 'no-tab' as const }, { kind: 'unloaded' as const }, { kind: 'planning' as const }],
  ...([1, 2, 13] as const).map((here) => ({ kind: 'tabs-missing' as const, here, wanted: 14 })),
  ...([1, 3] as const).map((here) => ({ kind: 'memory-tabs-missing' as const, here, wanted: 4 })),
  { kind: 'memory-missing', bytes: 1_234_567_890 },
  ...([1, 3] as const).map((tabs) => ({ kind: 'loading' as const, tabs, layers: 8, ready: 1 })),
  { kind: 'tried', layers: 8 },
  ...[[1], [3], [2, 3]].map((rings) => ({ kind: 'serving' as const, rings, layers: 8 })),
  ...([1, 2] as const).flatMap((tabs) => [
    ...[
      { kind: 'loads-split' as const, tabs },
      { kind: 'loads-ring' as const, tabs },
      { kind: 'reserve' as const, tabs },
    ],
    ...exclusionSchema.options.map((why) => ({ kind: 'excluded' as const, why, tabs })),
  ]),
];

test('an English page says of a pool what programs are told', () => {
  for (const reason of REASONS) expect(tellPool([reason])).toBe(tellReason(reason));
  expect(tellPool(REASONS.slice(0, 2))).toBe(REASONS.slice(0, 2).map(tellReason).join(' '));
  expect(tellPool(undefined)).toBe('');
});

test('a German page says it in German', () => {
  layTexts('de', german);
  onTestFinished(() => layTexts('en'));
  expect(tellPool([{ kind: 'tabs-missing', here: 1, wanted: 2 }])).toBe('1 von 2 Tabs ist da; einer fehlt noch.');
  expect(tellPool([{ kind: 'memory-missing', bytes: 1_234_567_890 }])).toContain('1.234,6 MB');
  for (const reason of REASONS) expect(tellPool([reason])).not.toBe(tellReason(reason));
});
