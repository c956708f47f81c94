// The cells of the chaos matrix, as data: which fault befalls whom while what goes on. Pure.

export type Fault = 'close' | 'kill' | 'stop' | 'worker' | 'radio' | 'freeze' | 'device' | 'pause';
export type Role = 'entry' | 'middle' | 'exit' | 'client' | 'server';
export type Phase = 'decode' | 'load' | 'prefill' | 'drafting' | 'eight' | 'retired';

export interface Cell {
  /** Unique: `FAULT ROLE PHASE`, and `spare` or `bare` where that is what it is about. */
  name: string;
  fault: Fault;
  role: Role;
  phase: Phase;
  /** A fourth tab holds what the three others do, as far as its pledge allows. */
  hasSpare: boolean;
  /** `wide`: three slices of 315 MB, made up. `small`: made up. `guide`: the embedded model, which has a draft model. */
  weights: 'small' | 'wide' | 'guide';
  /** How often it befalls; figures are medians. */
  rounds: number;
  /** Most seconds without tokens. `load`: what loading the ring took, and the calm answer's first token. */
  aim?: number | 'load';
}

/** For people. */
export const FAULTS: Readonly<Record<Fault, string>> = {
  close: 'tab closed',
  kill: 'renderer killed',
  stop: 'SIGSTOP',
  worker: 'worker terminated',
  radio: 'radio cut, its socket alive',
  freeze: 'links frozen 2 s',
  device: 'GPU device lost',
  pause: 'SIGSTOP 10 s',
};

const STAGES: readonly Role[] = ['entry', 'middle', 'exit'];
const ROUNDS = 3;
/** With a warm spare. Of those that close no socket, somebody has to find out first. */
const TOLD_S = 2;
const SILENT_S = 5;
const DEATHS: readonly [fault: Fault, aim: number][] = [
  ['close', TOLD_S],
  ['kill', TOLD_S],
  ['stop', SILENT_S],
  ['worker', SILENT_S],
  ['radio', SILENT_S],
];
/** What befalls the middle stage in every other phase. */
const ELSEWHERE: readonly Fault[] = ['close', 'stop', 'radio'];
const WEIGHTS: Readonly<Record<Exclude<Phase, 'decode'>, Cell['weights']>> = {
  load: 'wide',
  prefill: 'small',
  drafting: 'guide',
  eight: 'small',
  retired: 'small',
};

const cell = (fault: Fault, role: Role, phase: Phase, rest: Partial<Cell> = {}, suffix = ''): Cell => ({
  ...{ name: [fault, role, phase, suffix].filter(Boolean).join(' '), fault, role, phase },
  ...{ hasSpare: false, weights: 'small', rounds: 1, ...rest },
});

export const CELLS: readonly Cell[] = [
  ...STAGES.flatMap((role) => [
    ...DEATHS.map(([fault, aim]) =>
      cell(fault, role, 'decode', { hasSpare: true, weights: 'wide', rounds: ROUNDS, aim }, 'spare'),
    ),
    cell('freeze', role, 'decode'),
    cell('device', role, 'decode', { weights: 'guide' }),
  ]),
  cell('close', 'middle', 'decode', { weights: 'wide', rounds: ROUNDS, aim: 'load' }, 'bare'),
  ...(['close', 'stop', 'pause', 'freeze'] as const).map((fault) => cell(fault, 'client', 'decode')),
  ...(['kill', 'pause'] as const).map((fault) => cell(fault, 'server', 'decode')),
  ...(['load', 'prefill', 'drafting', 'eight', 'retired'] as const).flatMap((phase) =>
    ELSEWHERE.map((fault) => cell(fault, 'middle', phase, { weights: WEIGHTS[phase] })),
  ),
];

/** Cells whose name has every word of `words`; all of them where there is none. */
export function selectCells(words: string): Cell[] {
  const wanted = words.split(/\s+/).filter(Boolean);
  return CELLS.filter(({ name }) => wanted.every((word) => name.split(' ').includes(word)));
}
