// The payout address that was used last, kept in this browser: it is asked for once.
import type { Address } from '../../protocol/payout.ts';
import { readAddress } from './payout-address.ts';

const KEY = 'computepool-payout-address';

/** A private window throws at storage: then there is none. Whatever else is found there is none either. */
export function keptAddress(): Address | undefined {
  try {
    return readAddress(localStorage.getItem(KEY) ?? '').value;
  } catch {
    return undefined;
  }
}

export function keepAddress(address: Address): void {
  try {
    localStorage.setItem(KEY, address);
  } catch {
    // It is asked for again next time.
  }
}
