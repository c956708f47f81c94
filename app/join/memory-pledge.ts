// The memory slider's steps. Pure.
import { formatBytes } from '../format/format-bytes.ts';
import { joinText } from '../text/english/join.ts';

/** Step 0 leaves it to the device; the rest are bytes. Beyond 16 GB no browser gives a tab that much. */
export const PLEDGE_STEPS: readonly (number | undefined)[] = [
  undefined,
  ...[128e6, 256e6, 512e6, 1e9, 2e9, 3e9, 4e9, 6e9, 8e9, 12e9, 16e9],
];

/** What the slider says at a step. */
export function pledgeLabel(bytes: number | undefined): string {
  return bytes === undefined ? joinText.form.memoryAutomatic : joinText.form.memoryUpTo(formatBytes(bytes));
}

/** The step that is nearest to `bytes`, for a slider whose value came from the address. */
export function pledgeStep(bytes: number | undefined): number {
  if (bytes === undefined) return 0;
  let nearest = 1;
  for (let step = 2; step < PLEDGE_STEPS.length; step += 1) {
    if (Math.abs(PLEDGE_STEPS[step]! - bytes) < Math.abs(PLEDGE_STEPS[nearest]! - bytes)) nearest = step;
  }
  return nearest;
}
