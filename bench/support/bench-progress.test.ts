import { expect, test } from 'vitest';
import { startProgress } from './bench-progress.ts';

test('a log gets some lines and the last one', () => {
  const written: string[] = [];
  const progress = startProgress(50, { write: (text: string) => written.push(text) });
  for (let at = 1; at <= 50; at++) progress.step(`round ${at}`);
  progress.done();
  expect(written).toHaveLength(17);
  expect(written[0]).toContain('3/50 round 3');
  expect(written.at(-1)).toContain('50/50 round 50');
});
