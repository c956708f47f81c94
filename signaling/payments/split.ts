// Parts of 10,000: who gets how much of what flows or is distributed. Pure.
import type { Address } from 'viem';

export const TOTAL_UNITS = 10_000;

export type Units = ReadonlyMap<Address, number>;

/** Whole units in proportion to the weights, all of them together exactly `total`: what is left goes where it is missed most. */
export function splitUnits(weights: ReadonlyMap<Address, bigint>, total: number): Map<Address, number> {
  const sum = [...weights.values()].reduce((all, each) => all + each, 0n);
  if (sum === 0n) return new Map();
  const parts = [...weights].map(([address, weight]) => {
    const exact = weight * BigInt(total);
    return { address, units: Number(exact / sum), rest: exact % sum };
  });
  let left = total - parts.reduce((all, { units }) => all + units, 0);
  for (const part of [...parts].sort((a, b) => (a.rest === b.rest ? 0 : a.rest > b.rest ? -1 : 1))) {
    if (left === 0) break;
    part.units++;
    left--;
  }
  return new Map(parts.filter(({ units }) => units > 0).map(({ address, units }) => [address, units]));
}

/** Adds up what each address gets: two seats may be paid to one. */
export function sumByAddress(entries: Iterable<readonly [Address, bigint]>): Map<Address, bigint> {
  const sums = new Map<Address, bigint>();
  for (const [address, amount] of entries) sums.set(address, (sums.get(address) ?? 0n) + amount);
  return sums;
}

/**
 * What receipts are worth of each operator beyond what it has had, in wei of the whole bill, the treasury's part included. Who has
 * had more owes nothing.
 */
export function dueOf(targets: ReadonlyMap<Address, bigint>, had: ReadonlyMap<Address, bigint>): Map<Address, bigint> {
  const due = new Map<Address, bigint>();
  for (const [address, target] of targets) {
    const left = target - (had.get(address) ?? 0n);
    if (left > 0n) due.set(address, left);
  }
  return due;
}

/** Whether units as they are give everybody what is due to within `withinWei`. `operatorUnits`: what the treasury leaves. */
export function fits(
  units: Units,
  due: ReadonlyMap<Address, bigint>,
  { operatorUnits, withinWei }: { operatorUnits: number; withinWei: bigint },
): boolean {
  const sum = [...due.values()].reduce((all, each) => all + each, 0n);
  const addresses = new Set([...units.keys(), ...due.keys()]);
  return [...addresses].every((address) => {
    const gets = (sum * BigInt(units.get(address) ?? 0)) / BigInt(operatorUnits);
    const gap = gets - (due.get(address) ?? 0n);
    return (gap < 0n ? -gap : gap) <= withinWei;
  });
}

export const isSameSplit = (one: Units, other: Units): boolean =>
  one.size === other.size && [...one].every(([address, units]) => other.get(address) === units);
