// What a person types to register, log in or change a password, checked before it is sent. Pure; the server checks again, by the same rules.
import type { Credentials, PasswordChange } from '../../protocol/http/account.ts';
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

/** Sentences for what does not fit of a change of password; none when all does. */
export function checkPasswordChange({
  oldPassword,
  newPassword,
}: Pick<PasswordChange, 'oldPassword' | 'newPassword'>): {
  oldPassword?: string | undefined;
  newPassword?: string | undefined;
} {
  return {
    oldPassword: oldPassword === '' ? 'Write the password of before.' : undefined,
    newPassword: newPassword === '' ? 'Write a new password.' : passwordProblem(newPassword),
  };
}
