// Passwords as scrypt hashes. Owns the parameters and how many run at once; keeps no password and never logs one.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { limitRuns } from './limit-runs.ts';

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

interface Cost {
  logN: number;
  blockSize: number;
  parallelization: number;
}

/**
 * N = 2^17, r = 8, p = 1: 128 MiB and some 0.4 s for each guess, the first line of OWASP's list for scrypt. Changing them is
 * safe: every hash carries its own, and is written anew at the next login.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 * @see https://www.rfc-editor.org/rfc/rfc7914
 */
const COST: Cost = { logN: 17, blockSize: 8, parallelization: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Node refuses what needs more: 128 N r, and a little for each lane. */
const MAX_MEMORY_BYTES = 144 * 1024 * 1024;

/**
 * Two at once leave two of libuv's four threads to files and names, and 256 MiB is all they take. 32 waiting are a few
 * seconds of work: whoever comes later is told so at once. Addresses take turns, and none fills the line.
 */
const limited = limitRuns({ atOnce: 2, waiting: 32, waitingOfPlace: 8 });

interface Shown {
  password: string;
  place: string;
}

/** NFKC, so that the same keys pressed on two systems are the same password. */
const derive = (shown: Shown, salt: Buffer, { logN, blockSize, parallelization }: Cost): Promise<Buffer> =>
  limited(shown.place, () =>
    scryptAsync(shown.password.normalize('NFKC'), salt, HASH_BYTES, {
      N: 2 ** logN,
      r: blockSize,
      p: parallelization,
      maxmem: MAX_MEMORY_BYTES,
    }),
  );

/**
 * A PHC string, `$scrypt$ln=17,r=8,p=1$<salt>$<hash>` in base64url, with a fresh salt. Rejects with `rate-limited` when
 * too many wait.
 *
 * @param place the address that asks: addresses take turns.
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export async function hashPassword(password: string, place = ''): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(COST, salt, await derive({ password, place }, salt, COST));
}

const format = (cost: Cost, salt: Buffer, hash: Buffer): string => {
  const parameters = `ln=${cost.logN},r=${cost.blockSize},p=${cost.parallelization}`;
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};

/** What is compared when nobody has the name, so that this takes as long. No password has a hash of zeros. */
const NOBODY = format(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

const HASH_PATTERN = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

/** Throws an `Error` for a string that `hashPassword` never wrote. */
function parse(hash: string): { cost: Cost; salt: Buffer; expected: Buffer } {
  const [, logN, blockSize, parallelization, salt = '', expected = ''] = HASH_PATTERN.exec(hash) ?? [];
  if (expected === '') throw new Error('A password’s hash in the database is damaged.');
  return {
    cost: { logN: Number(logN), blockSize: Number(blockSize), parallelization: Number(parallelization) },
    salt: Buffer.from(salt, 'base64url'),
    expected: Buffer.from(expected, 'base64url'),
  };
}

/**
 * Whether this is the password of `hash`. Without a hash it is not, after the same work; what fails against a hash of an
 * earlier cost is made to cost as much as one of today. Rejects with `rate-limited` when too many wait, and with an `Error`
 * for a string that `hashPassword` never wrote.
 */
export async function isPassword(password: string, hash: string | undefined, place = ''): Promise<boolean> {
  const shown = { password, place };
  const { cost, salt, expected } = parse(hash ?? NOBODY);
  if (timingSafeEqual(await derive(shown, salt, cost), expected)) return hash !== undefined;
  for (let more = workOf(COST) / workOf(cost) - 1; more > 0; more -= 1) await derive(shown, salt, cost);
  return false;
}

/** Whether it was made at less than today’s cost. Takes nothing but what `hashPassword` wrote. */
export const isOutdated = (hash: string): boolean => workOf(parse(hash).cost) < workOf(COST);

/** Time goes with the product (RFC 7914, 2). */
const workOf = ({ logN, blockSize, parallelization }: Cost): number => 2 ** logN * blockSize * parallelization;
