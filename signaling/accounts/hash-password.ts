// Passwords as scrypt hashes. Owns the parameters and how many run at once; keeps no password and never logs one.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { limitRuns } from './limit-runs.ts';

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** scrypt's N as a power of two, r and p. */
export interface Cost {
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

/** Hashes at one cost. `place`: the address that asks; addresses take turns. */
export interface Passwords {
  /**
   * A PHC string, `$scrypt$ln=17,r=8,p=1$<salt>$<hash>` in base64url, with a fresh salt. Rejects with `rate-limited` when
   * too many wait.
   *
   * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
   */
  hash(password: string, place?: string): Promise<string>;

  /**
   * Whether this is the password of `hash`. Without a hash it is not, after the same work; what fails against a hash of a
   * lower cost is made to cost as much as a new one. Rejects with `rate-limited` when too many wait, and with an `Error` for
   * a string that `hash` never wrote.
   */
  isPassword(password: string, hash: string | undefined, place?: string): Promise<boolean>;

  /** Whether it was made at a lower cost. Takes nothing but what `hash` wrote. */
  isOutdated(hash: string): boolean;
}

/** `cost`: for tests of what is no matter of hashes. */
export function createPasswords(cost: Cost = COST): Passwords {
  // What is compared when nobody has the name, so that this takes as long. No password has a hash of zeros.
  const nobody = format(cost, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));
  return {
    async hash(password, place = '') {
      const salt = randomBytes(SALT_BYTES);
      return format(cost, salt, await derive({ password, place }, salt, cost));
    },

    async isPassword(password, hash, place = '') {
      const shown = { password, place };
      const { cost: made, salt, expected } = parse(hash ?? nobody);
      if (timingSafeEqual(await derive(shown, salt, made), expected)) return hash !== undefined;
      for (let more = workOf(cost) / workOf(made) - 1; more > 0; more -= 1) await derive(shown, salt, made);
      return false;
    },

    isOutdated: (hash) => workOf(parse(hash).cost) < workOf(cost),
  };
}

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

const format = (cost: Cost, salt: Buffer, hash: Buffer): string => {
  const parameters = `ln=${cost.logN},r=${cost.blockSize},p=${cost.parallelization}`;
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};

const HASH_PATTERN = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

/** Throws an `Error` for a string that `hash` never wrote. */
function parse(hash: string): { cost: Cost; salt: Buffer; expected: Buffer } {
  const [, logN, blockSize, parallelization, salt = '', expected = ''] = HASH_PATTERN.exec(hash) ?? [];
  if (expected === '') throw new Error('A password’s hash in the database is damaged.');
  return {
    cost: { logN: Number(logN), blockSize: Number(blockSize), parallelization: Number(parallelization) },
    salt: Buffer.from(salt, 'base64url'),
    expected: Buffer.from(expected, 'base64url'),
  };
}

/** Time goes with the product (RFC 7914, 2). */
const workOf = ({ logN, blockSize, parallelization }: Cost): number => 2 ** logN * blockSize * parallelization;
