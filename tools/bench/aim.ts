// What a measurement was to reach, and whether it did. Pure.

export interface Aim {
  /** What was measured, with its unit. */
  what: string;
  aim: string;
  measured: number;
  met: boolean;
}

export const atMost = (what: string, limit: number, measured: number): Aim => ({
  ...{ what, aim: `≤ ${limit}`, measured: rounded(measured) },
  met: measured <= limit,
});

export const atLeast = (what: string, limit: number, measured: number): Aim => ({
  ...{ what, aim: `≥ ${limit}`, measured: rounded(measured) },
  met: measured >= limit,
});

/** Four digits say all that a measurement here can. */
const rounded = (value: number): number => Number(value.toPrecision(4));
