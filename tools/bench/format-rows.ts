// Rows of figures as an aligned table. Pure.
import { formatTable } from '../terminal/format-table.ts';

/** Columns are the fields of the first row; a column of numbers is set right. */
export function formatRows(rows: readonly Record<string, string | number>[]): string[] {
  const titles = Object.keys(rows[0] ?? {});
  const columns = titles.map((title) => ({
    title,
    align: rows.every((row) => typeof row[title] === 'number') ? ('right' as const) : ('left' as const),
  }));
  return formatTable(
    columns,
    rows.map((row) => titles.map((title) => String(row[title] ?? ''))),
  );
}
