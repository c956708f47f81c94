import { expect, test } from 'vitest';
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { standbyLine } from './standby-line.ts';

const seat = (fields: Partial<Seat> = {}): Seat => ({
  ...{ peer: 'a'.repeat(32) as PeerId, start: 0, end: 2, backend: 'wasm', device: 'WASM' },
  ...{ totalBytes: 3_000_000, loadedBytes: 3_000_000, ready: true },
  ...fields,
});
const coalition = (seats: Seat[], state: Coalition['state'] = 'ready') => ({ state, seats }) as Coalition;

test('says what a loss would cost: a moment, a load, or everything', () => {
  const two = coalition([seat(), seat()]);
  expect(standbyLine(two, seat({ standby: 'warm' }))).toMatch(/takes over within seconds/);
  expect(standbyLine(two, seat({ standby: 'loading' }))).toMatch(/is loading these 3 MB/);
  expect(standbyLine(two, seat())).toMatch(/until somebody has loaded these 3 MB/);
  expect(standbyLine(coalition([seat()]), seat())).toMatch(/nobody answers until another tab/);
  expect(standbyLine(coalition([seat()], 'broken'), seat())).toBeUndefined();
});
