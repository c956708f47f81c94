import { expect, it } from 'vitest';
import { pickNumbers } from './pick-numbers.ts';
import { RECEIPTS, readReceiptText } from './read-receipt.ts';

it('has a figure for all that the deck says, each of a receipt', () => {
  const { numbers, notes } = pickNumbers(readReceiptText);
  const soak = JSON.parse(readReceiptText('soak'));
  expect(numbers).toMatchObject({ right: soak.results.right, wrong: soak.results.wrong.length });
  const chaos = JSON.parse(readReceiptText('chaos'));
  expect(numbers.missedAims).toBe(chaos.aims.filter(({ met }: { met: boolean }) => !met).length);
  expect(numbers.ofBound).toBeLessThanOrEqual(numbers.drafted);
  expect(Object.keys(notes).sort()).toEqual([...RECEIPTS].sort());
  expect(notes.soak.date).toMatch(/^\d{4}-\d\d-\d\d$/);
});

it('stops where a receipt lacks what is said of it', () => {
  const without = (name: string, text: string): string => {
    if (name !== 'sessions') return text;
    const { results, ...rest } = JSON.parse(text);
    return JSON.stringify({ ...rest, results: { ...results, ratio: {} } });
  };
  expect(() => pickNumbers((name) => without(name, readReceiptText(name)))).toThrow(
    'The receipt sessions has no such thing at results.ratio.median.',
  );
  const noLane = (text: string) => text.replaceAll('"usual"', '"unusual"');
  expect(() => pickNumbers((name) => noLane(readReceiptText(name)))).toThrow('No receipt has drafted.');
});
