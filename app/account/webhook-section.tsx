// The secret that signs an account's web hooks: made anew, and shown this once.
import { useState } from 'react';
import { rotateWebhookSecret } from '../state/account-api.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';

export function WebhookSection() {
  const text = accountText.hooks;
  const [secret, setSecret] = useState<string>();
  const task = useProvenTask();
  const rotate = () => void task.run(async () => setSecret(await rotateWebhookSecret()));
  return (
    <Card title={text.title} testId="webhooks">
      <p className="max-w-prose text-muted text-sm">{text.intro}</p>
      <div className="mt-4">
        <ConfirmButton
          label={text.make}
          subject={text.which}
          warning={text.makeWarning}
          confirmLabel={text.makeConfirm}
          disabled={task.busy}
          onConfirm={rotate}
        />
      </div>
      {secret && (
        <div className="mt-4 rounded-md border border-accent bg-accent-soft p-4" role="status" data-testid="new-secret">
          <p className="font-semibold">{text.copyNow}</p>
          <div className="mt-2 flex flex-wrap items-center gap-2">
            <code className="min-w-0 flex-1 basis-64 break-all rounded border border-line bg-panel px-3 py-2 font-mono text-sm">
              {secret}
            </code>
            <CopyButton text={secret} what="secret" />
          </div>
        </div>
      )}
      <TaskNotice task={task} className="mt-4" />
    </Card>
  );
}
