// The figures of the deck, out of their receipts. Pure. None is typed anywhere.
import { RECEIPTS, type ReceiptName, ReceiptReader } from './read-receipt.ts';

export interface PitchNumbers {
  right: number;
  wrong: number;
  leaves: number;
  settlements: number;
  brokenSettlements: number;
  /** The least that a stream over distance reached of what compute and distance allow; as a share. */
  ofBound: number;
  /** Without any distance: of one tab alone, two and three stages. */
  ofSolo: { two: number; three: number };
  drafted: number;
  draftedLeast: number;
  sessions: number;
  sessionsRatio: number;
  overTransformers: number;
  chaosRight: number;
  chaosCells: number;
  /** Seconds without tokens when the tab in the middle is closed, with a spare. */
  lossSeconds: number;
  missedAims: number;
  allAims: number;
  fuzzed: number;
  faults: number;
  underAttack: number;
  tabsBack: number;
  backSeconds: number;
  streamGas: number;
  paymentDollars: number;
  streamDollars: number;
}

/** Where and when each receipt was made. */
export interface ReceiptNote {
  name: ReceiptName;
  /** `2026-11-30` */
  date: string;
  cpu: string;
  cores: number;
  /** The tree differed from the commit. */
  isDirty: boolean;
}

export interface Pitch {
  numbers: PitchNumbers;
  notes: Record<ReceiptName, ReceiptNote>;
}

/** Throws where a receipt lacks what the deck says of it. */
export function pickNumbers(textOf: (name: ReceiptName) => string): Pitch {
  const readers = new Map(RECEIPTS.map((name) => [name, new ReceiptReader(name, textOf(name))]));
  const of = (name: ReceiptName): ReceiptReader => readers.get(name)!;
  const ring = of('ring-distance-guide-4m').list('aims');
  const measured = (has: string): number[] =>
    ring.flatMap(({ what, measured }) => (String(what).includes(has) ? [Number(measured)] : []));
  const drafted = of('speculation').list('results', 'lanes');
  const ratioOf = (lane: (typeof drafted)[number] | undefined): number =>
    Number((lane?.ratio as { median?: number } | undefined)?.median);
  const chaos = of('chaos').list('aims');
  const closed = of('chaos')
    .list('results', 'cells')
    .find(({ name }) => name === 'close middle decode spare');
  const base = of('session-gas')
    .list('results', 'reckonedPerChain')
    .find(({ chain }) => chain === 'Base');
  /** With one operator; a payment costs the same with more. */
  const dollarsOf = (step: string): number =>
    Number((base?.dollars as Record<string, Record<string, number>> | undefined)?.[step]?.['1']);
  const stream = of('session-gas')
    .list('results', 'steps')
    .find(({ step }) => step === 'a stream');
  const numbers: PitchNumbers = {
    right: of('soak').number('results', 'right'),
    wrong: of('soak').list('results', 'wrong').length,
    leaves: of('soak').number('results', 'leaves'),
    settlements: of('settlement-property').number('results', 'cases'),
    brokenSettlements: of('settlement-property').number('results', 'broken'),
    ofBound: Math.min(...measured("of bound's")),
    ofSolo: { two: measured("of solo's tokens/s, 2 stages")[0]!, three: measured("of solo's tokens/s, 3 stages")[0]! },
    drafted: ratioOf(drafted.find((lane) => lane.text === 'usual' && lane.oneWayMs === 20 && lane.temperature === 0)),
    draftedLeast: Math.min(...drafted.map(ratioOf)),
    sessions: of('sessions').number('results', 'setting', 'sessions'),
    sessionsRatio: of('sessions').number('results', 'ratio', 'median'),
    overTransformers: of('solo-vs-transformers-wasm-q4').number('aims', 0, 'measured'),
    chaosRight: of('chaos').number('aims', 0, 'measured'),
    chaosCells: of('chaos').list('results', 'cells').length,
    lossSeconds: Number(closed?.silentS),
    missedAims: chaos.filter(({ met }) => met === false).length,
    allAims: chaos.length,
    fuzzed: of('fuzz').number('results', 'messages'),
    faults: of('fuzz').list('results', 'faults').length,
    underAttack: of('attack').number('aims', 0, 'measured'),
    tabsBack: of('back-after-restart').number('results', 'setting', 'tabs'),
    backSeconds: of('back-after-restart').number('aims', 0, 'measured'),
    streamGas: Number(stream?.['1 operators']),
    paymentDollars: dollarsOf('one payment at the end'),
    streamDollars: dollarsOf('a stream'),
  };
  const missing = Object.entries({ ...numbers, ...numbers.ofSolo }).filter(
    ([name, value]) => name !== 'ofSolo' && !Number.isFinite(value),
  );
  if (missing.length > 0) throw new Error(`No receipt has ${missing.map(([name]) => name).join(', ')}.`);
  const notes = RECEIPTS.map((name): [ReceiptName, ReceiptNote] => [name, noteOf(name, of(name))]);
  return { numbers, notes: Object.fromEntries(notes) as Pitch['notes'] };
}

const noteOf = (name: ReceiptName, receipt: ReceiptReader): ReceiptNote => ({
  name,
  date: receipt.text('date').slice(0, 10),
  cpu: receipt.text('machine', 'cpu'),
  cores: receipt.number('machine', 'cores'),
  isDirty: receipt.isTrue('dirty'),
});
