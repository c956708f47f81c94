import { expect, test } from 'vitest';
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { lateLine } from './late-line.ts';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [PeerId, PeerId, PeerId];
const seats = [A, B].map((peer) => ({ peer })) as Seat[];

test('names the seats that are late, and nobody else', () => {
  expect(lateLine([B], seats)).toBe('Tab 2 is late. If nothing comes within seconds, others take over.');
  expect(lateLine([B, A], seats)).toMatch(/^Tabs 1 and 2 are late\. /);
  for (const late of [undefined, [], [C]]) expect(lateLine(late, seats)).toBeUndefined();
});
