// Asks for the password once more, in place: what the person wanted waits behind it. The password goes to the server once and is
// kept nowhere in the page.
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { logInAgain } from '../state/account-api.ts';
import { useTask } from '../state/use-task.ts';
import { uiText } from '../text/english/ui.ts';
import { ErrorCard } from './error-card.tsx';
import { LoadingLine } from './loading-line.tsx';
import { TextField } from './text-field.tsx';

interface Props {
  onProven(): void;
  onGiveUp(): void;
}

export function PasswordPrompt({ onProven, onGiveUp }: Props) {
  const [password, setPassword] = useState('');
  const task = useTask();
  const form = useRef<HTMLFormElement>(null);
  const title = useId();
  // The button that was pressed waits for this.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && (await task.run(() => logInAgain(password)))) onProven();
  };
  return (
    <form
      ref={form}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && !task.busy && onGiveUp()}
      aria-labelledby={title}
      className="rounded-md border border-accent bg-accent-soft p-4"
      data-testid="password-prompt"
      noValidate
    >
      <p id={title} className="font-semibold">
        {uiText.password.title}
      </p>
      <p className="mt-1 text-sm">{uiText.password.why}</p>
      <div className="mt-3 max-w-sm">
        <TextField
          label={uiText.password.label}
          type="password"
          value={password}
          onText={setPassword}
          autoComplete="current-password"
          maxLength={400}
        />
      </div>
      {task.error && (
        <div className="mt-3">
          <ErrorCard error={task.error} />
        </div>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <button type="submit" className="button button-primary button-small" disabled={task.busy || password === ''}>
          {uiText.password.goOn}
        </button>
        <button type="button" className="button button-small" disabled={task.busy} onClick={onGiveUp}>
          {uiText.password.giveUp}
        </button>
      </div>
      {task.busy && (
        <div className="mt-3">
          <LoadingLine>{uiText.password.checking}</LoadingLine>
        </div>
      )}
    </form>
  );
}
