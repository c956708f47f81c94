// How each request of an account was answered, what was predicted, what came and what it cost: a table where there is room for its
// columns, else a list that hides none of them.
import type { AccountJob } from '../../protocol/http/usage.ts';
import { nameRoute } from '../format/describe-mode.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { formatCredits } from '../format/format-credits.ts';
import { formatRepoName } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { formatWhen } from '../format/format-when.ts';
import { languageTag } from '../text/catalogue.ts';
import { accountText } from '../text/english/account.ts';
import { fill } from '../text/fill.ts';
import { TableHead } from '../ui/table-head.tsx';

const COLUMNS = ['when', 'pool', 'mode', 'predicted', 'measured', 'firstToken', 'tokens', 'credits'] as const;
/** Columns from here on hold figures and are set right. */
const FIRST_FIGURE = 3;

export function JobList({ jobs }: { jobs: readonly AccountJob[] }) {
  if (jobs.length === 0) {
    return <p className="max-w-prose text-muted">{accountText.usage.none}</p>;
  }
  return (
    <>
      <JobTable jobs={jobs} />
      <JobCards jobs={jobs} />
    </>
  );
}

function JobTable({ jobs }: { jobs: readonly AccountJob[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
    <section aria-label={accountText.usage.requests} tabIndex={0} className="hidden overflow-x-auto md:block">
      <table className="w-full whitespace-nowrap text-left text-sm">
        <TableHead columns={COLUMNS.map((column) => accountText.usage.columns[column])} firstFigure={FIRST_FIGURE} />
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The same without columns, the price beside the model. */
function JobCards({ jobs }: { jobs: readonly AccountJob[] }) {
  return (
    <ul aria-label={accountText.usage.requests} className="divide-y divide-line text-sm md:hidden">
      {jobs.map((job) => (
        <JobCard key={job.id} job={job} />
      ))}
    </ul>
  );
}

function JobCard({ job }: { job: AccountJob }) {
  const { predicted, outcome } = job;
  const text = accountText.usage;
  const facts: [name: string, value: string][] = [
    [text.facts.tokens, tokensOf(job)],
    [text.facts.predicted, predicted ? formatRate(predicted.tokensPerSecond) : '–'],
    [text.facts.measured, outcome ? formatRate(outcome.tokensPerSecond) : '–'],
    [text.facts.firstToken, outcome ? formatMs(outcome.timeToFirstTokenMs) : '–'],
  ];
  return (
    <li className="py-2.5" data-testid="job-card">
      <div className="flex items-baseline justify-between gap-x-4">
        <span data-words="program" className="min-w-0 truncate font-mono" title={job.pool}>
          {formatRepoName(job.pool)}
        </span>
        <span className="shrink-0 text-muted">
          {fill(text.charged, {
            credits: <span className="font-mono font-semibold text-ink">{formatCredits(job.chargedMicros)}</span>,
          })}
        </span>
      </div>
      <p className="text-muted">
        <JobTime job={job} /> · <JobMode job={job} />
      </p>
      <dl className="mt-1 flex flex-wrap gap-x-4">
        {facts.map(([name, value]) => (
          <div key={name} className="flex gap-1.5">
            <dt className="text-muted">{name}</dt>
            <dd className="font-mono">{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

const tokensOf = ({ usage }: AccountJob): string =>
  `${formatCount(usage.promptTokens)} + ${formatCount(usage.completionTokens)}`;

function JobTime({ job: { createdAt } }: { job: AccountJob }) {
  return (
    <time dateTime={createdAt.toISOString()} title={createdAt.toLocaleString(languageTag())}>
      {formatWhen(createdAt, new Date())}
    </time>
  );
}

function JobMode({ job: { mode, state } }: { job: AccountJob }) {
  return (
    <>
      {mode ? nameRoute({ mode }) : '–'}
      {state !== 'done' && (
        <span className={`ml-2 ${state === 'failed' ? 'text-danger' : 'text-wait'}`}>
          {accountText.usage.states[state]}
        </span>
      )}
    </>
  );
}

function JobRow({ job }: { job: AccountJob }) {
  const { predicted, outcome } = job;
  const figure = 'py-1.5 pr-4 text-right font-mono last:pr-0';
  return (
    <tr className="border-line border-b" title={accountText.usage.job(job.id)}>
      <td className="py-1.5 pr-4 text-muted">
        <JobTime job={job} />
      </td>
      <td className="py-1.5 pr-4">
        <span data-words="program" className="inline-block max-w-44 truncate align-bottom font-mono" title={job.pool}>
          {formatRepoName(job.pool)}
        </span>
      </td>
      <td className="py-1.5 pr-4">
        <JobMode job={job} />
      </td>
      <td className={figure}>{predicted ? formatRate(predicted.tokensPerSecond) : '–'}</td>
      <td className={figure}>{outcome ? formatRate(outcome.tokensPerSecond) : '–'}</td>
      <td className={figure}>{outcome ? formatMs(outcome.timeToFirstTokenMs) : '–'}</td>
      <td className={figure}>{tokensOf(job)}</td>
      <td className={figure}>{formatCredits(job.chargedMicros)}</td>
    </tr>
  );
}
