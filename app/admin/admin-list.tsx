// A list of the owner's, part after part: newest or first by name on top, with more on demand.
import { type ReactNode, useCallback, useState } from 'react';
import { useRemote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import type { ListPage, ReadList } from './admin-api.ts';

interface Props<Row> {
  title: string;
  testId: string;
  /** Give it from a module or with `useCallback`: a new one is another list. */
  read: ReadList<Row>;
  keyOf(row: Row): string;
  /** What is said where there is nothing. */
  none: string;
  /** Above the rows. */
  head?: ReactNode;
  /** Above the rows, once the first part is there. */
  summary?(first: ListPage<Row>): ReactNode;
  row(row: Row, reload: () => void): ReactNode;
}

export function AdminList<Row>({ title, testId, read, keyOf, none, head, summary, row }: Props<Row>) {
  const readFirst = useCallback((signal: AbortSignal) => read(undefined, signal), [read]);
  const { value, error, reload } = useRemote(readFirst);
  const [further, setFurther] = useState<ListPage<Row>[]>([]);
  const task = useTask();
  const pages = value ? [value, ...further] : [];
  const rows = pages.flatMap((page) => page.rows);
  const next = pages.at(-1)?.next;

  const readMore = () =>
    task.run(async () => {
      const page = await read(next ?? undefined);
      setFurther((known) => [...known, page]);
    });
  const refresh = () => {
    setFurther([]);
    reload();
  };
  return (
    <Card
      title={title}
      testId={testId}
      aside={
        <button type="button" className="button button-small" onClick={refresh}>
          {adminText.refresh}
          <span className="sr-only">{adminText.which(title)}</span>
        </button>
      }
    >
      {head}
      {error && <ErrorCard error={error} onRetry={refresh} />}
      {!value && !error && <LoadingLine>{adminText.reading}</LoadingLine>}
      {value && summary?.(value)}
      {value && rows.length === 0 && <p className="mt-3 text-muted">{none}</p>}
      <ul className="divide-y divide-line">
        {rows.map((each) => (
          <li key={keyOf(each)} className="py-2.5" data-testid={`${testId}-row`}>
            {row(each, refresh)}
          </li>
        ))}
      </ul>
      {task.error && <ErrorCard error={task.error} />}
      {next && (
        <button type="button" className="link mt-2 min-h-9 text-sm" disabled={task.busy} onClick={readMore}>
          {task.busy ? adminText.readingOlder : adminText.older}
        </button>
      )}
    </Card>
  );
}
