// Saves a paid session's transitions as a file of workflows: who does not trust this server has its deadline and its refund sent by
// somebody else.
import { useTask } from '../state/use-task.ts';
import { payText } from '../text/english/pay.ts';
import { ErrorCard } from '../ui/error-card.tsx';

interface Props {
  id: string;
  read(): Promise<unknown[]>;
}

export function SaveWorkflows({ id, read }: Props) {
  const task = useTask();
  const save = () =>
    void task.run(async () => {
      const blob = new Blob([JSON.stringify(await read(), null, 2)], { type: 'application/json' });
      const url = URL.createObjectURL(blob);
      const link = document.createElement('a');
      link.href = url;
      link.download = `workflows-${id.slice(2, 10)}.json`;
      link.click();
      URL.revokeObjectURL(url);
    });
  return (
    <>
      <button type="button" className="button-quiet" data-testid="save-workflows" disabled={task.busy} onClick={save}>
        {payText.saveWorkflows}
      </button>
      {task.error && <ErrorCard error={task.error} />}
    </>
  );
}
