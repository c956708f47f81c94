// Reads a saved file of workflows again: what each would do and when, before anybody hands it to a service. Runs nothing.
import { useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { useTask } from '../state/use-task.ts';
import { languageTag } from '../text/catalogue.ts';
import { payText } from '../text/english/pay.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { scheduledAt } from './schedule.ts';
import type { ReadWorkflow } from './shapes.ts';

/** As the server takes it. */
const MOST_BYTES = 1_000_000;

export function BringWorkflows({ check }: { check(workflows: readonly unknown[]): Promise<ReadWorkflow[]> }) {
  const task = useTask();
  const [read, setRead] = useState<ReadWorkflow[]>();
  const { workflows } = payText;
  const bring = (file: File | undefined): void => {
    if (!file) return;
    setRead(undefined);
    void task.run(async () => setRead(await check(await workflowsIn(file))));
  };
  return (
    <>
      <label className="button-quiet focus-within:outline-3 focus-within:outline-accent">
        {workflows.bring}
        <input
          type="file"
          accept="application/json,.json"
          className="sr-only"
          data-testid="bring-workflows"
          disabled={task.busy}
          onChange={(event) => {
            bring(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </label>
      {task.error && <ErrorCard error={task.error} />}
      {read && (
        <div className="mt-2" role="status">
          <p>{workflows.fits(read.length)}</p>
          <ul className="mt-1 space-y-1" data-testid="read-workflows">
            {read.map((each, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a file may hold the same one twice, and the list never changes
              <li key={at} data-transition={each.transition}>
                <span className="font-medium">{each.name}</span>{' '}
                <span className="break-words text-muted">{tell(each)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function tell({ inputs, trigger: { type, cron } }: ReadWorkflow): string {
  const { workflows } = payText;
  if (inputs.length > 0) return workflows.waits(inputs.join(', '));
  const at = scheduledAt(cron, new Date());
  if (at) return workflows.at(at.toLocaleString(languageTag(), { dateStyle: 'medium', timeStyle: 'short' }));
  return cron ? workflows.schedule(cron) : workflows.whenAsked(type);
}

/** A list, or one alone. Throws `bad-request`. */
async function workflowsIn(file: File): Promise<readonly unknown[]> {
  if (file.size > MOST_BYTES) throw new PoolError('bad-request', 'The file is too big to hold workflows of a session.');
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (cause) {
    throw new PoolError('bad-request', 'The file is no JSON.', { cause });
  }
  return Array.isArray(value) ? value : [value];
}
