// The head of a table of people's rows: words to the left, figures to the right.

interface Props {
  columns: readonly string[];
  /** Index of the first column of figures. */
  firstFigure: number;
}

export function TableHead({ columns, firstFigure }: Props) {
  return (
    <thead>
      <tr className="border-line border-b text-muted">
        {columns.map((column, index) => (
          <th
            key={column}
            scope="col"
            className={`py-1 pr-4 font-medium last:pr-0 ${index >= firstFigure ? 'text-right' : ''}`}
          >
            {column}
          </th>
        ))}
      </tr>
    </thead>
  );
}
