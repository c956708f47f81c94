// The table of aims in docs/BENCHMARKS.md, from receipts. Pure.
import type { Receipt } from './receipt.ts';

const BEGIN = '<!-- aims: npm run bench -- --summary -->';
const END = '<!-- /aims -->';

/** One row per aim, in the order of the receipts; those without aims have none. */
export function summariseReceipts(receipts: readonly Receipt[]): string[] {
  const rows = receipts.flatMap(({ name, aims, commit, dirty }) =>
    (aims ?? []).map(
      ({ what, aim, measured, met }) =>
        `| [${name}](receipts/${name}.json) | ${what} | ${aim} | ${measured} | ${met ? 'yes' : '**no**'} | ${commit.slice(0, 7)}${dirty ? ', changed' : ''} |`,
    ),
  );
  return ['| receipt | what | aim | measured | met | commit |', '|---|---|---|---|---|---|', ...rows];
}

/** `text` with the table between its two markers replaced. Throws when they are not there. */
export function putSummary(text: string, table: readonly string[]): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`The document has no lines ${BEGIN} and ${END}.`);
  return `${text.slice(0, from + BEGIN.length)}\n\n${table.join('\n')}\n\n${text.slice(to)}`;
}
