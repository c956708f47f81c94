// Takes the owner's token. It goes to the server once and is kept nowhere in the page.
import { type FormEvent, useState } from 'react';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { fill } from '../text/fill.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';
import { logIn } from './admin-api.ts';

const RENEW = 'npm start -- --new-owner-token';

export function TokenForm({ onEntered }: { onEntered(): void }) {
  const text = adminText.token;
  const [token, setToken] = useState('');
  const [tried, setTried] = useState(false);
  const task = useTask();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const shown = token.trim();
    if (shown === '') return;
    if (await task.run(() => logIn(shown))) onEntered();
  };
  // To whoever has no token the server says that there is nothing here; who stands at this form can do something else.
  const error = task.error?.code === 'not-found' ? { ...task.error, next: text.wrong } : task.error;
  return (
    <form onSubmit={submit} className="panel max-w-lg space-y-5 p-4 sm:p-6" data-testid="token-form" noValidate>
      <h2 className="font-semibold text-lg">{text.title}</h2>
      <TextField
        label={text.label}
        type="password"
        value={token}
        onText={setToken}
        autoComplete="current-password"
        maxLength={200}
        hint={fill(text.hint, {
          command: (
            <code data-words="program" className="break-words font-mono">
              {RENEW}
            </code>
          ),
        })}
        problem={tried && token.trim() === '' ? text.missing : undefined}
      />
      {error && <ErrorCard error={error} />}
      {task.busy && <LoadingLine>{text.checking}</LoadingLine>}
      <button type="submit" className="button button-primary min-h-12 w-full px-8 sm:w-auto" disabled={task.busy}>
        {text.enter}
      </button>
    </form>
  );
}
