// Changes the password. Both go to the server once and are kept nowhere in the page.
'use client';
import { type FormEvent, useState } from 'react';
import { changePassword } from '../state/account-api.ts';
import { useTask } from '../state/use-task.ts';
import { Card } from '../ui/card.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';
import { checkPasswordChange } from './credential-form.ts';

const EMPTY = { oldPassword: '', newPassword: '', keysToo: false };

interface Props {
  /** The account’s name: browsers keep the new password under it. */
  name: string;
  onChanged(): void;
}

export function PasswordSection({ name, onChanged }: Props) {
  const [change, setChange] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const [changed, setChanged] = useState(false);
  const task = useTask();
  const problems = tried ? checkPasswordChange(change) : {};

  const write = (part: Partial<typeof EMPTY>) => {
    setChange((before) => ({ ...before, ...part }));
    setChanged(false);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setChanged(false);
    const { oldPassword, newPassword } = checkPasswordChange(change);
    if (oldPassword || newPassword || !(await task.run(() => changePassword(change)))) return;
    setChange(EMPTY);
    setTried(false);
    setChanged(true);
    onChanged();
  };
  return (
    <Card title="Password" testId="password">
      <form onSubmit={submit} className="space-y-4" noValidate>
        <input type="text" autoComplete="username" value={name} readOnly hidden />
        <TextField
          label="Old password"
          type="password"
          value={change.oldPassword}
          onText={(oldPassword) => write({ oldPassword })}
          autoComplete="current-password"
          maxLength={400}
          problem={problems.oldPassword}
        />
        <TextField
          label="New password"
          type="password"
          value={change.newPassword}
          onText={(newPassword) => write({ newPassword })}
          autoComplete="new-password"
          maxLength={400}
          hint="At least 8 characters. All other browsers are logged out."
          problem={problems.newPassword}
        />
        <CheckField
          label="Revoke every API key, too"
          hint="For when somebody else may have had the old password."
          checked={change.keysToo}
          disabled={task.busy}
          onCheck={(keysToo) => write({ keysToo })}
        />
        {task.error && <ErrorCard error={task.error} />}
        {task.busy && <LoadingLine>Changing the password.</LoadingLine>}
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" disabled={task.busy}>
            Change the password
          </button>
          <span role="status" className="text-sm">
            {changed && 'Changed. Other browsers are logged out.'}
          </span>
        </div>
      </form>
    </Card>
  );
}
