// The requests of an account, and how near the predictions were.
import type { AccountJob } from '../../protocol/http/usage.ts';
import { readJobs } from '../state/account-api.ts';
import { useRemote } from '../state/use-remote.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { PredictionChart } from '../ui/prediction-chart.tsx';
import { JobList } from './job-list.tsx';

const pairOf = (job: AccountJob) => ({
  predicted: job.predicted?.tokensPerSecond ?? 0,
  actual: job.outcome?.tokensPerSecond ?? 0,
});

export function JobHistory() {
  const text = accountText.usage;
  const { value, error, reload } = useRemote(readJobs);
  return (
    <Card
      title={text.title}
      testId="jobs"
      aside={
        <button type="button" className="button button-small" onClick={reload}>
          {text.refresh}
          <span className="sr-only">{text.which}</span>
        </button>
      }
    >
      {error && <ErrorCard error={error} onRetry={reload} />}
      {!value && !error && <LoadingLine>{text.reading}</LoadingLine>}
      {value && (
        <div className="space-y-6">
          <JobList jobs={value} />
          {value.length > 0 && (
            <div>
              <h3 className="label mb-2">{text.predictions}</h3>
              <PredictionChart pairs={value.map(pairOf)} />
            </div>
          )}
        </div>
      )}
    </Card>
  );
}
