import { expect, test } from 'vitest';
import { LiveLines } from './live-lines.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 24, write: (text: string) => written.push(text) };
}

test('without a terminal only lines that stay are written, without control characters', () => {
  const out = screen(false);
  const lines = new LiveLines(out);
  lines.draw(['1 s']);
  lines.draw(['2 s']);
  lines.say('done');
  expect(out.written).toEqual(['done\n']);
});

test('a second drawing goes up over the first', () => {
  const out = screen(true);
  const lines = new LiveLines(out);
  lines.draw(['a', 'b']);
  lines.draw(['c']);
  expect(out.written[0]).not.toContain('A');
  expect(out.written[1]?.startsWith('\u001b[2A')).toBe(true);
});

test('a line longer than the terminal is cut, not wrapped', () => {
  const out = screen(true);
  new LiveLines(out).draw(['x'.repeat(100)]);
  expect(out.written[0]?.match(/x+/)?.[0]).toHaveLength(23);
});
