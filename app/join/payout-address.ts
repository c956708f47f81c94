// The address that a person wants USDC to be paid to: read as it is typed, and which pools ask for it. Pure.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { type Address, addressSchema, isZeroAddress } from '../../protocol/payout.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import { joinText } from '../text/english/join.ts';

export function readAddress(text: string): { value?: Address; problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: joinText.form.payoutMissing };
  const result = addressSchema.safeParse(trimmed);
  if (!result.success) return { problem: joinText.form.payoutMalformed };
  if (isZeroAddress(result.data)) return { problem: joinText.form.payoutNobody };
  return { value: result.data };
}

/** False where the list does not have it: tabs of a model that nobody made a pool of lend to the commons. */
export const isMarket = (pools: readonly PoolInfo[] | undefined, pool: PoolRef): boolean =>
  pools?.some((one) => one.policy === 'market' && one.pool === poolIdOf(pool)) ?? false;
