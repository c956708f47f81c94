// What docs/BENCHMARKS.md shows of the receipts: a table of aims, and the plots. Pure.
import type { Receipt } from './receipt.ts';

/** One row per aim, in the order of the receipts; those without aims have none. */
function aimRows(receipts: readonly Receipt[]): string[] {
  const rows = receipts.flatMap(({ name, aims, commit, dirty }) =>
    (aims ?? []).map(
      ({ what, aim, measured, met }) =>
        `| [${name}](receipts/${name}.json) | ${what} | ${aim} | ${measured} | ${met ? 'yes' : '**no**'} | ${commit.slice(0, 7)}${dirty ? ', changed' : ''} |`,
    ),
  );
  return ['| receipt | what | aim | measured | met | commit |', '|---|---|---|---|---|---|', ...rows];
}

/** One picture per receipt that has a plot. */
const plotLines = (receipts: readonly Receipt[]): string[] =>
  receipts.flatMap(({ name, plot }) => (plot ? [`![${plot.title}](plots/${name}.svg)`, ''] : []));

/** The document with both parts made anew. Throws when it lacks their markers. */
export function putSummary(text: string, receipts: readonly Receipt[]): string {
  return putPart(putPart(text, 'aims', aimRows(receipts)), 'plots', plotLines(receipts));
}

function putPart(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: npm run bench -- --summary -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no lines ${begin} and ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${lines.join('\n').trim()}\n\n${text.slice(to)}`;
}
