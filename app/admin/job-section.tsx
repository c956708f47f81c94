// Requests of everybody, newest first; one that is not over can be ended.
import type { AdminJob } from '../../protocol/http/admin.ts';
import { readPoolId } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { formatModel } from '../format/format-model.ts';
import { formatWhen } from '../format/format-when.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { endJob, readJobs } from './admin-api.ts';
import { AdminList } from './admin-list.tsx';

const ENDABLE: readonly AdminJob['state'][] = ['waiting', 'running'];

export function JobSection() {
  return (
    <AdminList
      title={adminText.sections.jobs}
      testId="admin-jobs"
      read={readJobs}
      keyOf={({ id }) => id}
      none={adminText.jobs.none}
      row={(job, reload) => <JobRow job={job} onChanged={reload} />}
    />
  );
}

function JobRow({ job, onChanged }: { job: AdminJob; onChanged(): void }) {
  const { id, account, pool, source, state } = job;
  const text = adminText.jobs;
  const task = useTask();
  const ref = readPoolId(pool);
  const end = async () => {
    await task.run(() => endJob(id));
    onChanged();
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2" data-state={state}>
        <span className="min-w-0 flex-1 basis-48">
          <span className="block break-words">
            {account ? <bdi className="font-medium">{account.name}</bdi> : text.nobodys}
            {', '}
            {text.sources[source]}
            {', '}
            <span className={state === 'failed' ? 'text-danger' : ''}>{text.states[state]}</span>
          </span>
          <span className="break-words text-muted text-sm">
            {text.facts(
              formatPlural(job.promptTokens + job.completionTokens, 'token'),
              formatCreditAmount(job.chargedMicros),
              formatWhen(job.createdAt, new Date()),
            )}
            {ref && (
              <>
                {', '}
                <span data-words="program">{formatModel(ref)}</span>
              </>
            )}
          </span>
        </span>
        {ENDABLE.includes(state) && (
          <ConfirmButton
            label={text.end}
            subject={text.whichJob(id.slice(0, 8))}
            warning={text.endWarning}
            confirmLabel={text.endConfirm}
            disabled={task.busy}
            onConfirm={() => void end()}
          />
        )}
      </div>
      {task.error && <ErrorCard error={task.error} />}
    </>
  );
}
