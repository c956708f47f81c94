// What a person types to register or log in, checked before it is sent. Pure; the server checks again.

/** As signaling/accounts has them: the page only says it earlier. */
const NAME_PATTERN = /^[A-Za-z0-9_-]{3,32}$/;
const MIN_PASSWORD_CHARS = 8;
const MAX_PASSWORD_CHARS = 200;

export interface CredentialProblems {
  name?: string;
  password?: string;
}

/** Sentences for what does not fit; empty when all does. Logging in only asks that both are there. */
export function checkCredentials(
  { name, password }: { name: string; password: string },
  purpose: 'register' | 'log-in',
): CredentialProblems {
  const problems: CredentialProblems = {};
  if (name === '') problems.name = 'Write the account’s name.';
  else if (purpose === 'register' && !NAME_PATTERN.test(name)) {
    problems.name = 'A name has 3 to 32 letters (a-z), digits, “-” or “_”.';
  }
  if (password === '') problems.password = 'Write the password.';
  else if (purpose === 'register' && (password.length < MIN_PASSWORD_CHARS || password.length > MAX_PASSWORD_CHARS)) {
    problems.password = `A password has ${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters.`;
  }
  return problems;
}
