// Where an account is logged in: ends one of these logins, or all. What becomes of their API keys is asked, and said.
import { useState } from 'react';
import { endLogin, endLogins, readLogins } from '../state/account-api.ts';
import { useProvenTask } from '../state/use-proven-task.ts';
import { useRemote } from '../state/use-remote.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TaskNotice } from '../ui/task-notice.tsx';
import { LoginRow } from './login-row.tsx';

interface Props {
  /** Keys have ended with a login. */
  onKeysEnded(): void;
  onLoggedOut(): void;
}

export function LoginSection({ onKeysEnded, onLoggedOut }: Props) {
  const text = accountText.logins;
  const logins = useRemote(readLogins);
  const [keysToo, setKeysToo] = useState(false);
  const task = useProvenTask();

  const end = async (id: string) => {
    const done = await task.run(() => endLogin(id, keysToo));
    if (done && keysToo) onKeysEnded();
    else logins.reload();
  };
  const endAll = async () => {
    if (await task.run(() => endLogins(keysToo))) onLoggedOut();
  };
  return (
    <Card title={text.title} testId="logins">
      <p className="max-w-prose text-muted text-sm">{text.intro}</p>
      {logins.error && <ErrorCard error={logins.error} onRetry={logins.reload} />}
      {!logins.value && !logins.error && <LoadingLine>{text.reading}</LoadingLine>}
      <ul className="mt-3 divide-y divide-line">
        {logins.value?.map((login) => (
          <LoginRow key={login.id} login={login} keysToo={keysToo} busy={task.busy} onEnd={() => void end(login.id)} />
        ))}
      </ul>
      <div className="mt-3 space-y-3">
        <CheckField
          label={text.keysToo}
          hint={text.keysTooHint}
          checked={keysToo}
          disabled={task.busy}
          onCheck={setKeysToo}
        />
        <ConfirmButton
          label={text.endAll}
          subject=""
          warning={keysToo ? text.endAllKeysWarning : text.endAllWarning}
          confirmLabel={text.endAll}
          disabled={task.busy}
          onConfirm={() => void endAll()}
        />
      </div>
      <TaskNotice task={task} className="mt-4" />
    </Card>
  );
}
