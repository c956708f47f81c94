// What came in and went out, newest first, with more on demand.
import { useState } from 'react';
import type { StatementPage } from '../../protocol/http/usage.ts';
import { describeLine } from '../format/describe-line.ts';
import { sumJobs } from '../format/sum-jobs.ts';
import { readStatement } from '../state/account-api.ts';
import { useRemote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { StatementRow } from './statement-row.tsx';

const readNewest = (signal: AbortSignal) => readStatement(undefined, signal);

export function StatementList() {
  const text = accountText.statement;
  const { value, error, reload } = useRemote(readNewest);
  const [older, setOlder] = useState<StatementPage[]>([]);
  const task = useTask();
  const pages = value ? [value, ...older] : [];
  const lines = pages.flatMap((page) => page.lines);
  const next = pages.at(-1)?.next;

  const readMore = () =>
    task.run(async () => {
      const page = await readStatement(next ?? undefined);
      setOlder((known) => [...known, page]);
    });
  const refresh = () => {
    setOlder([]);
    reload();
  };
  return (
    <Card
      title={text.title}
      testId="statement"
      aside={
        <button type="button" className="button button-small" onClick={refresh}>
          {accountText.usage.refresh}
          <span className="sr-only">{text.which}</span>
        </button>
      }
    >
      {error && <ErrorCard error={error} onRetry={refresh} />}
      {!value && !error && <LoadingLine>{text.reading}</LoadingLine>}
      {value && lines.length === 0 && <p className="text-muted">{text.none}</p>}
      <ol className="divide-y divide-line text-sm">
        {sumJobs(lines, describeLine).map((entry) => (
          <StatementRow key={entry.key} entry={entry} />
        ))}
      </ol>
      {task.error && <ErrorCard error={task.error} />}
      {next && (
        <button type="button" className="link mt-2 min-h-9 text-sm" disabled={task.busy} onClick={readMore}>
          {task.busy ? text.readingOlder : text.older}
        </button>
      )}
    </Card>
  );
}
