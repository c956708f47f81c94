// What is left of cells that were run: a line each for the terminal, rows and aims for the receipt, a table for the documents. Pure.
import { type Aim, atLeast, atMost } from '../../tools/bench/aim.ts';
import { CELLS, type Cell, FAULTS, type Phase, type Role } from './cells.ts';
import type { CellResult, RoundResult } from './run-cell.ts';

/** A cell in the receipt. */
export interface CellRow {
  name: string;
  fault: string;
  role: Role;
  phase: Phase;
  spare: boolean;
  weights: Cell['weights'];
  /** Without anything wrong in any round. */
  isRight: boolean;
  /** Median over the rounds. */
  silentS?: number;
  calmSilentS?: number;
  calmFirstTokenS?: number;
  aimS?: number;
  rounds: RoundResult[];
  notShown?: string;
  /** The sources that this cell was run with, which may be others than another cell's. */
  commit: string;
}

export function toRow({ cell, rounds, notShown, ...seconds }: CellResult, commit: string): CellRow {
  const { name, fault, role, phase, hasSpare: spare, weights } = cell;
  const isRight = notShown === undefined && rounds.every(({ faults }) => faults.length === 0);
  return {
    ...{ name, fault: FAULTS[fault], role, phase, spare, weights, isRight, ...seconds, rounds, commit },
    ...(notShown === undefined ? {} : { notShown }),
  };
}

export function lineOf(row: CellRow): string {
  const { name, isRight, notShown, rounds, aimS } = row;
  const wrong = rounds.flatMap(({ faults }) => faults).join('; ');
  const told = notShown === undefined ? wrong : `not shown: ${notShown}${wrong ? `; ${wrong}` : ''}`;
  const aim = aimS === undefined ? '' : ` (aim ${aimS.toFixed(1)}, ${meetsAim(row) ? 'met' : 'missed'})`;
  return `${isRight ? 'right' : 'WRONG'}  ${name.padEnd(26)} ${secondsOf(row).padStart(5)} s${aim}${told ? `  ${told}` : ''}`;
}

const secondsOf = ({ silentS }: CellRow): string => (silentS === undefined ? '-' : silentS.toFixed(1));
const meetsAim = ({ aimS, silentS }: CellRow): boolean =>
  aimS === undefined || (silentS !== undefined && silentS <= aimS);

/** Those of this run in place of earlier ones, in the order of the matrix; what the matrix has no more is dropped. */
export function mergeRows(earlier: readonly CellRow[], now: readonly CellRow[]): CellRow[] {
  const byName = new Map([...earlier, ...now].map((row) => [row.name, row]));
  return CELLS.flatMap(({ name }) => byName.get(name) ?? []);
}

export function aimsOf(rows: readonly CellRow[]): Aim[] {
  return [
    atLeast(
      'cells with the calm text, usage and bill, and nothing held',
      CELLS.length,
      rows.filter((row) => row.isRight).length,
    ),
    ...rows.flatMap(({ name, aimS, silentS }) =>
      aimS === undefined
        ? []
        : [atMost(`${name}: seconds without tokens`, Number(aimS.toFixed(1)), silentS ?? Number.MAX_SAFE_INTEGER)],
    ),
  ];
}

interface Column {
  title: string;
  role: Role;
  phase: Phase;
}

const COLUMNS: readonly Column[] = [
  ...(['entry', 'middle', 'exit', 'client', 'server'] as const).map((role) => ({
    title: role,
    role,
    phase: 'decode' as const,
  })),
  { title: 'load', role: 'middle', phase: 'load' },
  { title: 'prefill', role: 'middle', phase: 'prefill' },
  { title: 'drafting', role: 'middle', phase: 'drafting' },
  { title: 'eight at once', role: 'middle', phase: 'eight' },
  { title: 'retired ring', role: 'middle', phase: 'retired' },
];

/** Seconds without tokens, in bold where something was wrong, an aim was missed or a cell not run; `·` is no cell of the matrix. */
export function tableOf(rows: readonly CellRow[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const drawn = (wanted: Place): string => {
    const row = rows.find((each) => isIn(each, wanted));
    if (!row)
      return CELLS.some(({ fault, ...cell }) => isIn({ ...cell, fault: FAULTS[fault] }, wanted)) ? '**?**' : '·';
    if (row.notShown !== undefined) return '**not shown**';
    const text = row.silentS === undefined ? 'right' : secondsOf(row);
    return row.isRight && meetsAim(row) ? text : `**${row.isRight ? text : `${text}, wrong`}**`;
  };
  const kinds = [
    ...Object.values(FAULTS).map((fault) => ({ fault, spare: undefined as boolean | undefined })),
    { fault: FAULTS.close, spare: false },
  ];
  const body = kinds.map(({ fault, spare }) => [
    spare === false ? `${fault}, no spare` : fault,
    ...COLUMNS.map(({ role, phase }) => drawn({ fault, role, phase, spare })),
  ]);
  return [
    line(['what happens', ...COLUMNS.map(({ title }) => title)]),
    line(['---', ...COLUMNS.map(() => '--:')]),
    ...body.map(line),
  ];
}

interface Place extends Pick<CellRow, 'fault' | 'role' | 'phase'> {
  spare: boolean | undefined;
}

/** A stage that dies in decode has a spare where nothing else is said. */
function isIn(row: Pick<CellRow, 'name' | 'fault' | 'role' | 'phase'>, wanted: Place): boolean {
  if (row.fault !== wanted.fault || row.role !== wanted.role || row.phase !== wanted.phase) return false;
  const isBare = row.name.endsWith(' bare');
  return wanted.spare === false ? isBare : !isBare;
}

export function putTable(text: string, rows: readonly CellRow[]): string {
  const [begin, end] = ['<!-- chaos: npm run chaos -->', '<!-- /chaos -->'];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no lines ${begin} and ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${tableOf(rows).join('\n')}\n\n${text.slice(to)}`;
}
