// What a person types to register or log in, checked before it is sent. Pure; the server checks again, by the same rules.
import type { Credentials } from '../../protocol/http/account.ts';
import { nameProblem, passwordProblem } from '../../protocol/http/credentials.ts';

export interface CredentialProblems {
  name?: string | undefined;
  password?: string | undefined;
}

/** Sentences for what does not fit; none when all does. Logging in only asks that both are there. */
export function checkCredentials({ name, password }: Credentials, purpose: 'register' | 'log-in'): CredentialProblems {
  const isNew = purpose === 'register';
  return {
    name: name === '' ? 'Write the account’s name.' : isNew ? nameProblem(name) : undefined,
    password: password === '' ? 'Write the password.' : isNew ? passwordProblem(password) : undefined,
  };
}
