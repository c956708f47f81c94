// What a task has to say below its button: that it needs the password once more, or how it failed.
import type { ProvenTask } from '../state/use-proven-task.ts';
import { ErrorCard } from './error-card.tsx';
import { PasswordPrompt } from './password-prompt.tsx';

export function TaskNotice({ task, className }: { task: ProvenTask; className: string }) {
  if (!task.asking && !task.error) return null;
  return (
    <div className={className}>
      {task.asking ? (
        <PasswordPrompt onProven={task.goOn} onGiveUp={task.giveUp} />
      ) : (
        task.error && <ErrorCard error={task.error} />
      )}
    </div>
  );
}
