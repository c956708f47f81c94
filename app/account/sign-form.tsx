// Registers or logs in. The password goes to the server once and is kept nowhere in the page.
import { type FormEvent, useState } from 'react';
import { MAX_CODE_CHARS } from '../../protocol/http/invite.ts';
import type { Registration } from '../../protocol/http/registration.ts';
import { logIn, register } from '../state/account-api.ts';
import type { ShownError } from '../state/show-error.ts';
import { useTask } from '../state/use-task.ts';
import { accountText } from '../text/english/account.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { Segments } from '../ui/segments.tsx';
import { TextField } from '../ui/text-field.tsx';
import { checkCredentials } from './credential-form.ts';

type Purpose = 'register' | 'log-in';

const PURPOSES = ['register', 'log-in'] as const;

interface Props {
  /** Who may open an account here. */
  registration: Registration;
  /** There is an account: it begins with the login. */
  isKnown: boolean;
  /** A code that came with the address. */
  invite: string;
  onSigned(): void;
}

export function SignForm({ registration, isKnown, invite: given, onSigned }: Props) {
  const text = accountText.sign;
  const [purpose, setPurpose] = useState<Purpose>(isKnown || registration === 'closed' ? 'log-in' : 'register');
  const [invite, setInvite] = useState(given);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const task = useTask();
  const isNew = purpose === 'register';
  const needsCode = isNew && registration === 'invite';
  const credentials = { name: name.trim(), password, ...(needsCode ? { invite: invite.trim() } : {}) };
  const problems = checkCredentials(credentials, purpose);
  const isShut = isNew && registration === 'closed';

  const pick = (next: Purpose) => {
    setPurpose(next);
    setTried(false);
    task.clear();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems.name || problems.password || problems.invite || isShut) return;
    if (await task.run(() => (isNew ? register(credentials) : logIn(credentials)))) onSigned();
  };
  return (
    <form onSubmit={submit} className="panel max-w-lg space-y-5 p-4 sm:p-6" data-testid="sign-form" noValidate>
      <Segments
        legend={text.legend}
        segments={PURPOSES.map((value) => ({ value, name: text.purposes[value] }))}
        value={purpose}
        disabled={task.busy}
        onPick={pick}
      />
      <TextField
        label={text.name}
        value={name}
        onText={setName}
        autoComplete="username"
        maxLength={64}
        hint={isNew ? text.nameHint : undefined}
        problem={tried ? problems.name : undefined}
      />
      <TextField
        label={text.password}
        type="password"
        value={password}
        onText={setPassword}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        maxLength={400}
        hint={isNew ? text.passwordHint : undefined}
        problem={tried ? problems.password : undefined}
      />
      {needsCode && (
        <TextField
          label={text.invite}
          value={invite}
          onText={setInvite}
          maxLength={MAX_CODE_CHARS}
          mono
          hint={text.inviteHint}
          problem={tried ? problems.invite : undefined}
        />
      )}
      {isShut && <p role="status">{text.closed}</p>}
      {task.error && <ErrorCard error={explain(task.error, isNew)} />}
      {task.busy && <LoadingLine>{isNew ? text.making : text.loggingIn}</LoadingLine>}
      <button
        type="submit"
        className="button button-primary min-h-12 w-full px-8 sm:w-auto"
        disabled={task.busy || isShut}
      >
        {isNew ? text.make : text.logIn}
      </button>
    </form>
  );
}

/** The table's next steps speak to programs here; a person at this form can do something else. */
function explain(error: ShownError, isNew: boolean): ShownError {
  if (error.code === 'not-logged-in') return { ...error, next: accountText.sign.wrong };
  if (error.code === 'conflict' && isNew) return { ...error, next: accountText.sign.taken };
  return error;
}
