// What a person types to register, log in or change a password, checked before it is sent. Pure; the server checks again, by the same rules.
import type { NewAccount, PasswordChange } from '../../protocol/http/account.ts';
import { nameProblem, passwordProblem } from '../../protocol/http/credentials.ts';
import { readCode } from '../../protocol/http/invite.ts';
import { accountText } from '../text/english/account.ts';

export interface CredentialProblems {
  name?: string | undefined;
  password?: string | undefined;
  invite?: string | undefined;
}

/** Sentences for what does not fit; none when all does. Logging in only asks that both are there; a code, where one is asked for. */
export function checkCredentials(
  { name, password, invite }: NewAccount,
  purpose: 'register' | 'log-in',
): CredentialProblems {
  const isNew = purpose === 'register';
  const text = accountText.sign;
  return {
    name: name === '' ? text.nameMissing : isNew && nameProblem(name) ? text.nameProblem : undefined,
    password: password === '' ? text.passwordMissing : isNew ? problemOf(password) : undefined,
    ...(isNew && invite !== undefined ? { invite: inviteProblem(invite) } : {}),
  };
}

function inviteProblem(invite: string): string | undefined {
  const text = accountText.sign;
  if (invite.trim() === '') return text.inviteMissing;
  return readCode(invite) === undefined ? text.inviteProblem : undefined;
}

/** A new password alone: the sentence that says why it is none. */
export const checkNewPassword = (password: string): string | undefined =>
  password === '' ? accountText.sign.newPasswordMissing : problemOf(password);

const problemOf = (password: string): string | undefined =>
  passwordProblem(password) && accountText.sign.passwordProblem;

/** Sentences for what does not fit of a change of password; none when all does. */
export function checkPasswordChange({
  oldPassword,
  newPassword,
}: Pick<PasswordChange, 'oldPassword' | 'newPassword'>): {
  oldPassword?: string | undefined;
  newPassword?: string | undefined;
} {
  return {
    oldPassword: oldPassword === '' ? accountText.sign.oldPasswordMissing : undefined,
    newPassword: checkNewPassword(newPassword),
  };
}
