// The address that a person wants USDC to be paid to: read as it is typed, and which pools ask for it. Pure.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { type Address, addressSchema, isZeroAddress } from '../../protocol/payout.ts';

export function readAddress(text: string): { value?: Address; problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Write the address that USDC is to be paid to: your wallet shows it.' };
  const result = addressSchema.safeParse(trimmed);
  if (!result.success) return { problem: 'An address is 0x and 40 digits from 0-9 and a-f: copy it from your wallet.' };
  if (isZeroAddress(result.data)) return { problem: 'This is nobody’s address: what is paid to it is lost.' };
  return { value: result.data };
}

/** False where the list does not have it: tabs of a model that nobody made a pool of lend to the commons. */
export const isMarket = (pools: readonly PoolInfo[] | undefined, pool: PoolRef): boolean =>
  pools?.some((one) => one.policy === 'market' && one.pool === poolIdOf(pool)) ?? false;
