import { expect, test } from 'vitest';
import { withProgress } from './with-progress.ts';

const screen = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, isTTY, columns: 80, write: (text: string) => written.push(text) };
};

test('a log has the title once and no control characters', async () => {
  const log = screen(false);
  expect(await withProgress('Building', async () => 7, log)).toBe(7);
  expect(log.written).toEqual(['Building\n']);
});

test('a terminal has the line removed at the end, also when the work fails', async () => {
  const terminal = screen(true);
  const failing = withProgress('Building', () => Promise.reject(new Error('no')), terminal);
  await expect(failing).rejects.toThrow('no');
  expect(terminal.written[0]).toContain('Building 0.0 ms');
  expect(terminal.written.at(-1)).toBe('\u001b[1A\u001b[J');
});
