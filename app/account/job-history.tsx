// The requests of an account: how each was answered, what was predicted, what came, what it cost.
'use client';
import type { AccountJob } from '../../protocol/http/usage.ts';
import { nameRoute } from '../format/describe-mode.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { formatCredits } from '../format/format-credits.ts';
import { formatRepoName } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { formatWhen } from '../format/format-when.ts';
import { readJobs } from '../state/account-api.ts';
import { useRemote } from '../state/use-remote.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { PredictionChart } from '../ui/prediction-chart.tsx';

const COLUMNS = ['When', 'Pool', 'Mode', 'Predicted', 'Measured', 'First token', 'Tokens', 'Credits'] as const;
/** Columns from here on hold figures and are set right. */
const FIRST_FIGURE = 3;

const pairOf = (job: AccountJob) => ({
  predicted: job.predicted?.tokensPerSecond ?? 0,
  actual: job.outcome?.tokensPerSecond ?? 0,
});

export function JobHistory() {
  const { value, error, reload } = useRemote(readJobs);
  return (
    <Card
      title="Usage"
      testId="jobs"
      aside={
        <button type="button" className="button button-small" onClick={reload}>
          Refresh<span className="sr-only"> the usage</span>
        </button>
      }
    >
      {error && <ErrorCard error={error} onRetry={reload} />}
      {!value && !error && <LoadingLine>Reading the requests.</LoadingLine>}
      {value?.length === 0 && <p className="text-muted">No requests yet. Ask in the chat, or with an API key.</p>}
      {value && value.length > 0 && (
        <div className="space-y-6">
          <JobTable jobs={value} />
          <div>
            <h3 className="label mb-2">Predicted and measured</h3>
            <PredictionChart pairs={value.map(pairOf)} />
          </div>
        </div>
      )}
    </Card>
  );
}

function JobTable({ jobs }: { jobs: readonly AccountJob[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
    <section aria-label="Requests" tabIndex={0} className="overflow-x-auto">
      <table className="w-full whitespace-nowrap text-left text-sm">
        <thead>
          <tr className="border-line border-b text-muted">
            {COLUMNS.map((column, index) => (
              <th
                key={column}
                scope="col"
                className={`py-1 pr-4 font-medium last:pr-0 ${index >= FIRST_FIGURE ? 'text-right' : ''}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function JobRow({ job }: { job: AccountJob }) {
  const { predicted, outcome } = job;
  const figure = 'py-1.5 pr-4 text-right font-mono last:pr-0';
  return (
    <tr className="border-line border-b" title={`job ${job.id}`}>
      <td className="py-1.5 pr-4 text-muted">
        <time dateTime={job.createdAt.toISOString()} title={job.createdAt.toLocaleString()}>
          {formatWhen(job.createdAt, new Date())}
        </time>
      </td>
      <td className="py-1.5 pr-4">
        <span className="inline-block max-w-44 truncate align-bottom font-mono" title={job.pool}>
          {formatRepoName(job.pool)}
        </span>
      </td>
      <td className="py-1.5 pr-4">
        {job.mode ? nameRoute({ mode: job.mode }) : '–'}
        {job.state === 'failed' && <span className="ml-2 text-danger">failed</span>}
        {job.state !== 'failed' && job.state !== 'done' && <span className="ml-2 text-wait">{job.state}</span>}
      </td>
      <td className={figure}>{predicted ? formatRate(predicted.tokensPerSecond) : '–'}</td>
      <td className={figure}>{outcome ? formatRate(outcome.tokensPerSecond) : '–'}</td>
      <td className={figure}>{outcome ? formatMs(outcome.timeToFirstTokenMs) : '–'}</td>
      <td className={figure}>
        {formatCount(job.usage.promptTokens)} + {formatCount(job.usage.completionTokens)}
      </td>
      <td className={figure}>{formatCredits(job.chargedMicros)}</td>
    </tr>
  );
}
