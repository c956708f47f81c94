// The hot key is one server's at a time: two would move the same seats and take each other's nonces. Here it is kept on one machine, by
// a lock beside its file; `Payments` notices it on every other.
import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UsageError } from '../config/usage-error.ts';
import { type FolderLock, lockFolder } from '../db/lock-folder.ts';

/** Throws `UsageError` where another server of this machine has it. Undefined where nobody may write beside the file. */
export function lockKey(keyFile: string): Pick<FolderLock, 'release'> | undefined {
  const file = realpathSync(keyFile);
  let lock: ReturnType<typeof lockFolder>;
  try {
    lock = lockFolder(dirname(file), `${basename(file)}.lock`);
  } catch {
    return undefined;
  }
  if (typeof lock === 'object' && 'release' in lock) return lock;
  const who = lock === 'unknown' ? '' : ` (process ${lock.pid} on ${lock.host})`;
  throw new UsageError(
    `Another server${who} uses the key in ${keyFile}: end that one first, or deploy with a key of its own (npm run deploy).`,
  );
}
