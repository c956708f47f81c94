// Rows as aligned text for a terminal. Pure: no colours, no writing.

export interface Column {
  title: string;
  /** Figures are set right, words left. */
  align?: 'left' | 'right';
}

/** Lines of a table, two spaces between columns and none at the end of a line. Every row has a cell per column. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, at) => {
        const cell = cells[at] ?? '';
        const width = widths[at] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
