// Names for payers that say who is the same and not who it is: for drivers, which are tabs of strangers.
import { createHmac, randomBytes } from 'node:crypto';

/** The same name for the same payer as long as the function lives: 32 hex digits. */
export function makeOwnerTag(): (payer: string) => string {
  const key = randomBytes(32);
  return (payer) => createHmac('sha256', key).update(payer).digest('hex').slice(0, 32);
}
