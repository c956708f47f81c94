// Sets a new password by a link that the server's owner made. It goes to the server once and is kept nowhere in the page.
import { type FormEvent, useState } from 'react';
import { resetPassword } from '../state/account-api.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
import { CheckField } from '../ui/check-field.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';
import { checkNewPassword } from './credential-form.ts';

interface Props {
  token: string;
  onSet(): void;
  onLeave(): void;
}

export function ResetForm({ token, onSet, onLeave }: Props) {
  const text = accountText.reset;
  const [newPassword, setNewPassword] = useState('');
  const [keysToo, setKeysToo] = useState(false);
  const [tried, setTried] = useState(false);
  const task = useTask();
  const problem = checkNewPassword(newPassword);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem) return;
    if (await task.run(() => resetPassword({ token, newPassword, keysToo }))) onSet();
  };
  const error = task.error?.code === 'not-found' ? { ...task.error, next: text.useless } : task.error;
  return (
    <form onSubmit={submit} className="panel max-w-lg space-y-5 p-4 sm:p-6" data-testid="reset-form" noValidate>
      <div>
        <h2 className="font-semibold text-lg">{text.title}</h2>
        <p className="mt-1 text-muted text-sm">{text.intro}</p>
      </div>
      <TextField
        label={text.password}
        type="password"
        value={newPassword}
        onText={setNewPassword}
        autoComplete="new-password"
        maxLength={400}
        hint={accountText.sign.passwordProblem}
        problem={tried ? problem : undefined}
      />
      <CheckField
        label={text.keysToo}
        hint={text.keysTooHint}
        checked={keysToo}
        disabled={task.busy}
        onCheck={setKeysToo}
      />
      {error && <ErrorCard error={error} />}
      {task.busy && <LoadingLine>{text.setting}</LoadingLine>}
      <div className="flex flex-wrap gap-3">
        <button type="submit" className="button button-primary min-h-12 px-8" disabled={task.busy}>
          {text.submit}
        </button>
        <button type="button" className="button min-h-12" disabled={task.busy} onClick={onLeave}>
          {text.leave}
        </button>
      </div>
    </form>
  );
}
