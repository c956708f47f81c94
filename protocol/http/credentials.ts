// What a name, a password and a key's label may be. The server refuses by these rules and the page says so earlier. Pure.

/** Letters are ASCII, so that lowercase means one thing and no two names look alike. */
const NAME_PATTERN = /^[A-Za-z0-9_-]{3,32}$/;
const MIN_PASSWORD_CHARS = 8;
/** A longer one is no safer, and hashing it is work that anybody can ask for. */
export const MAX_PASSWORD_CHARS = 200;
/** One line of a list of keys. */
export const MAX_LABEL_CHARS = 64;

/** The sentence that says why it is no name of an account; undefined for one that is. */
export const nameProblem = (name: string): string | undefined =>
  NAME_PATTERN.test(name) ? undefined : 'A name has 3 to 32 letters (a-z), digits, “-” or “_”.';

/** The sentence that says why it is no password; undefined for one that is. */
export const passwordProblem = ({ length }: string): string | undefined =>
  length >= MIN_PASSWORD_CHARS && length <= MAX_PASSWORD_CHARS
    ? undefined
    : `A password has ${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters.`;
