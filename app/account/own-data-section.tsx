// What a person takes along of an account, and how it is deleted: its name is typed and its password shown, then it is asked once more.
import { type FormEvent, useState } from 'react';
import type { AccountInfo } from '../../protocol/http/account.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { EXPORT_ADDRESS, removeAccount } from '../state/account-api.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';

interface Props {
  account: AccountInfo;
  /** @param returnedMicros what went back. */
  onGone(returnedMicros: number): void;
}

export function OwnDataSection({ account, onGone }: Props) {
  const text = accountText.ownData;
  const [deleting, setDeleting] = useState(false);
  const { available, held } = account.balance;
  return (
    <Card title={text.title} testId="own-data">
      <p className="max-w-prose text-muted text-sm">{text.exportIntro}</p>
      <a href={EXPORT_ADDRESS} download className="button button-small mt-3">
        {text.download}
      </a>
      <h3 className="mt-6 font-semibold">{text.deleteTitle}</h3>
      <p className="mt-1 max-w-prose text-muted text-sm">{text.deleteIntro}</p>
      <p className="mt-1 max-w-prose text-sm">{text.credits(formatCreditAmount(available.micros + held.micros))}</p>
      {deleting ? (
        <DeleteForm name={account.name} onGone={onGone} onKeep={() => setDeleting(false)} />
      ) : (
        <button type="button" className="button button-small mt-3" onClick={() => setDeleting(true)}>
          {text.begin}
        </button>
      )}
    </Card>
  );
}

function DeleteForm({ name, onGone, onKeep }: { name: string; onGone: Props['onGone']; onKeep(): void }) {
  const text = accountText.ownData;
  const [typed, setTyped] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const task = useTask();
  const isName = typed.trim().toLowerCase() === name;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isName || password === '') return;
    let returnedMicros = 0;
    const isGone = await task.run(async () => {
      returnedMicros = await removeAccount({ name: typed.trim(), password });
    });
    if (isGone) onGone(returnedMicros);
  };
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && !task.busy && onKeep()}
      className="mt-3 max-w-lg space-y-4 rounded-md border border-danger bg-danger-soft p-4"
      data-testid="delete-account"
      noValidate
    >
      <p className="font-semibold text-danger">{text.warning}</p>
      <TextField
        label={text.name}
        value={typed}
        onText={setTyped}
        maxLength={64}
        problem={tried && !isName ? text.nameProblem : undefined}
      />
      <TextField
        label={text.password}
        type="password"
        value={password}
        onText={setPassword}
        autoComplete="current-password"
        maxLength={400}
        problem={tried && password === '' ? text.passwordMissing : undefined}
      />
      {task.error && <ErrorCard error={task.error} />}
      {task.busy && <LoadingLine>{text.deleting}</LoadingLine>}
      <div className="flex flex-wrap gap-2">
        <button type="submit" className="button button-small border-danger text-danger" disabled={task.busy}>
          {text.confirm}
        </button>
        <button type="button" className="button button-small" disabled={task.busy} onClick={onKeep}>
          {text.keep}
        </button>
      </div>
    </form>
  );
}
