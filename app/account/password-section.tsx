// Changes the password. Both go to the server once and are kept nowhere in the page.
import { type FormEvent, useState } from 'react';
import { changePassword } from '../state/account-api.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
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
  const text = accountText.password;
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
    <Card title={text.title} testId="password">
      <form onSubmit={submit} className="space-y-4" noValidate>
        <input type="text" autoComplete="username" value={name} readOnly hidden />
        <TextField
          label={text.old}
          type="password"
          value={change.oldPassword}
          onText={(oldPassword) => write({ oldPassword })}
          autoComplete="current-password"
          maxLength={400}
          problem={problems.oldPassword}
        />
        <TextField
          label={text.new}
          type="password"
          value={change.newPassword}
          onText={(newPassword) => write({ newPassword })}
          autoComplete="new-password"
          maxLength={400}
          hint={text.newHint}
          problem={problems.newPassword}
        />
        <CheckField
          label={text.keysToo}
          hint={text.keysTooHint}
          checked={change.keysToo}
          disabled={task.busy}
          onCheck={(keysToo) => write({ keysToo })}
        />
        {task.error && <ErrorCard error={task.error} />}
        {task.busy && <LoadingLine>{text.changing}</LoadingLine>}
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" disabled={task.busy}>
            {text.submit}
          </button>
          <span role="status" className="text-sm">
            {changed && text.changed}
          </span>
        </div>
      </form>
    </Card>
  );
}
