import { expect, test, vi } from 'vitest';
import { ByteBudget } from './byte-budget.ts';
import { streamHeld } from './stream-held.ts';

const BYTES = new Uint8Array(300_000).map((_, index) => index);

function held() {
  const budget = new ByteBudget({ memoryBytes: BYTES.length, ownerMemoryBytes: BYTES.length });
  const hold = budget.open('a');
  hold.take(BYTES.length);
  return { budget, hold };
}

test('G16: a file is held until its reader has it whole', async () => {
  const { budget, hold } = held();
  const reader = streamHeld(BYTES, hold).getReader();
  const parts: number[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    expect(budget.heldBytes).toBe(BYTES.length);
    parts.push(...value);
  }
  expect(Uint8Array.from(parts)).toEqual(BYTES);
  expect(budget.heldBytes).toBe(0);
});

test('G16: a reader that goes, or takes too long, holds it no longer', async () => {
  const gone = held();
  const left = streamHeld(BYTES, gone.hold).getReader();
  await left.read();
  await left.cancel();
  expect(gone.budget.heldBytes).toBe(0);

  vi.useFakeTimers();
  try {
    const late = held();
    const slow = streamHeld(BYTES, late.hold, 1000).getReader();
    await slow.read();
    await vi.advanceTimersByTimeAsync(999);
    expect(late.budget.heldBytes).toBe(BYTES.length);
    await vi.advanceTimersByTimeAsync(1);
    expect(late.budget.heldBytes).toBe(0);
    await expect(slow.read()).rejects.toThrow('too slowly');
  } finally {
    vi.useRealTimers();
  }
});

test('an empty file is read at once', async () => {
  const { budget, hold } = held();
  const { done } = await streamHeld(new Uint8Array(0), hold).getReader().read();
  expect([done, budget.heldBytes]).toEqual([true, 0]);
});
