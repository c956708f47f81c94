import { expect, onTestFinished, test } from 'vitest';
import { tellQueue, tellRoute } from '../../app/format/tell-route.ts';
import { layTexts } from '../../app/text/catalogue.ts';
import { german } from '../../app/text/german/german.ts';
import { type QueueReason, type RouteFact, routeFactSchema } from '../../protocol/route-fact.ts';
import { tellFact, tellQueue as tellQueueToPrograms } from '../../signaling/planner/tell-facts.ts';

const WAYS = { tabs: 3, pairMs: 206, lapMs: 309 };
const FACTS: RouteFact[] = [
  { kind: 'holds-all', bytes: 4e6, msPerLayer: 4 },
  { kind: 'holds-all-unserved' },
  { kind: 'unmeasured' },
  { kind: 'lends-too-little', bytes: 2e9, neededBytes: 9e9 },
  { kind: 'no-tab' },
  { kind: 'tabs-lend-too-little', tabs: 2 },
  { kind: 'too-far', ...WAYS, mostPairMs: 300, mostLapMs: 600 },
  { kind: 'one-tab' },
  { kind: 'nothing-to-split' },
  { kind: 'together', ...WAYS },
  { kind: 'neighbours-apart', pairMs: 206, mostMs: 10 },
  { kind: 'way-to-them', ms: 40 },
  { kind: 'ways-assumed', ms: 80 },
  { kind: 'loads-first' },
  { kind: 'predicted', tokensPerSecond: 40, timeToFirstTokenMs: 90 },
  { kind: 'waits', ms: 500 },
  { kind: 'compared', tokensPerSecond: 20, chosenTokensPerSecond: 40 },
  { kind: 'crowded', running: 8, queued: 3, waitMs: 900, mostWaitMs: 400 },
  { kind: 'asked-for-batch' },
  { kind: 'nothing-now' },
  { kind: 'later' },
];
const AGAINST: RouteFact = {
  ...(FACTS[14] as RouteFact & { kind: 'predicted' }),
  against: { mode: 'lan', tokensPerSecond: 20 },
};
const WAITS: QueueReason[] = [
  { kind: 'loading' },
  { kind: 'replacing' },
  ...[1, 2].map((rings) => ({ kind: 'full' as const, rings, running: 4, slots: 8 })),
];

/** Pages round figures in their own way. */
const rounded = (text: string): string => text.replaceAll(/(\d)\.0\b/g, '$1');

test('every kind of fact is looked at here', () => {
  expect(FACTS.map(({ kind }) => kind)).toEqual(
    routeFactSchema.def.options.map(({ shape }) => shape.kind.def.values[0]),
  );
});

test('an English page says of a route what programs are told', () => {
  for (const fact of FACTS) expect(rounded(tellRoute([fact]))).toBe(tellFact(fact));
  expect(tellRoute(FACTS.slice(1, 3))).toBe(FACTS.slice(1, 3).map(tellFact).join(' '));
  expect(rounded(tellRoute([AGAINST]))).toBe(tellFact(AGAINST).replace('(lan)', '(Tabs together)'));
  for (const why of WAITS) expect(tellQueue(why)).toBe(tellQueueToPrograms(why));
});

test('a German page says it in German', () => {
  layTexts('de', german);
  onTestFinished(() => layTexts('en'));
  expect(tellRoute([{ kind: 'together', ...WAYS }, { kind: 'later' }])).toBe(
    '3 Tabs halten das Modell gemeinsam, 206 ms zwischen den beiden entferntesten; der Weg kostet 309 ms je Runde. ' +
      'Der Auftrag gilt jetzt, die Antwort kommt später.',
  );
  for (const fact of [...FACTS, AGAINST]) expect(rounded(tellRoute([fact]))).not.toBe(tellFact(fact));
  for (const why of WAITS) expect(tellQueue(why)).not.toBe(tellQueueToPrograms(why));
});
