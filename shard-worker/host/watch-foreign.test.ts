import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchForeign } from './watch-foreign.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('G5: a run of a stranger’s code that does not end is told, once; those that end are not', () => {
  const late = vi.fn();
  const { note } = watchForeign(late, 1000);
  for (let run = 0; run < 3; run++) {
    note(true);
    vi.advanceTimersByTime(999);
    note(false);
    vi.advanceTimersByTime(5000);
  }
  expect(late).not.toHaveBeenCalled();
  note(true);
  vi.advanceTimersByTime(1000);
  expect(late.mock.calls).toEqual([[expect.objectContaining({ code: 'model-unsupported' })]]);
  vi.advanceTimersByTime(10_000);
  expect(late).toHaveBeenCalledTimes(1);
});
