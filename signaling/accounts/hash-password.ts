// Passwords as scrypt hashes. Owns the parameters and how many run at once; keeps no password and never logs one.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { limitRuns } from './limit-runs.ts';

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/**
 * N = 2^15, r = 8, p = 1: 32 MiB and some 0.1 s for each guess. Changing them is safe: every hash carries its own.
 * @see https://www.rfc-editor.org/rfc/rfc7914
 */
const COST = { logN: 15, blockSize: 8, parallelization: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Node refuses what needs more; this leaves room for one doubling of N. */
const MAX_MEMORY_BYTES = 80 * 1024 * 1024;

/**
 * Two at once leave two of libuv's four threads to files and names, and 64 MiB is all they take. 64 waiting are a few
 * seconds of work: whoever comes later is told so at once.
 */
const limited = limitRuns({ atOnce: 2, waiting: 64 });

interface Cost {
  logN: number;
  blockSize: number;
  parallelization: number;
}

/** NFKC, so that the same keys pressed on two systems are the same password. */
const derive = (password: string, salt: Buffer, { logN, blockSize, parallelization }: Cost): Promise<Buffer> =>
  limited(() =>
    scryptAsync(password.normalize('NFKC'), salt, HASH_BYTES, {
      N: 2 ** logN,
      r: blockSize,
      p: parallelization,
      maxmem: MAX_MEMORY_BYTES,
    }),
  );

/**
 * A PHC string, `$scrypt$ln=15,r=8,p=1$<salt>$<hash>` in base64url, with a fresh salt. Rejects with `rate-limited` when
 * too many wait.
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(COST, salt, await derive(password, salt, COST));
}

const format = (cost: Cost, salt: Buffer, hash: Buffer): string => {
  const parameters = `ln=${cost.logN},r=${cost.blockSize},p=${cost.parallelization}`;
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};

/** What is compared when nobody has the name, so that this takes as long. No password has a hash of zeros. */
const NOBODY = format(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

const HASH_PATTERN = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

/**
 * Whether this is the password of `hash`. Without a hash it is not, after the same work. Rejects with `rate-limited`
 * when too many wait, and with an `Error` for a string that `hashPassword` never wrote.
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, logN, blockSize, parallelization, salt = '', expected = ''] = HASH_PATTERN.exec(hash ?? NOBODY) ?? [];
  if (expected === '') throw new Error('A password’s hash in the database is damaged.');
  const cost = { logN: Number(logN), blockSize: Number(blockSize), parallelization: Number(parallelization) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(derived, Buffer.from(expected, 'base64url')) && hash !== undefined;
}
