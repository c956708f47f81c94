import { expect, test } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ServedState, StageState } from '../../shard-worker/index.ts';
import { lendText } from '../text/english/lend.ts';
import { neighbourLine, quietLine } from './stage-words.ts';

const { quiet } = lendText.live;
const SERVED = { answers: 0, sessions: 0, tokens: 0, tokensPerSecond: [] } as unknown as ServedState;
const seat = (peer: string, ready = true) => ({ peer: peer as PeerId, device: `device ${peer}`, ready });
const coalitionOf = (state: Coalition['state'], ...seats: ReturnType<typeof seat>[]) =>
  ({ state, seats }) as unknown as Coalition;
const state = (fields: Partial<StageState>): StageState =>
  ({ phase: 'serving', served: SERVED, coalition: coalitionOf('ready', seat('a')), ...fields }) as StageState;

test.each<[string, Partial<StageState>, string | undefined]>([
  ['nobody has asked', {}, quiet.nobodyYet],
  ['nobody asks any more', { served: { ...SERVED, answers: 2, tokensPerSecond: [9, 0] } }, quiet.nobodyNow],
  ['somebody asks', { served: { ...SERVED, tokensPerSecond: [9] } }, undefined],
  ['others load', { coalition: coalitionOf('forming', seat('a'), seat('b', false)) }, quiet.othersLoad(1, 2)],
  ['one has gone', { coalition: coalitionOf('broken', seat('a')) }, quiet.broken],
  ['in reserve', { phase: 'waiting', poolState: 'ready', reserve: [] }, quiet.reserve],
  ['others serve', { phase: 'waiting', poolState: 'ready' }, quiet.othersServe],
  ['the pool waits, and says for what', { phase: 'waiting', poolState: 'waiting' }, undefined],
  ['it loads', { phase: 'loading' }, undefined],
])('%s', (_, fields, line) => {
  expect(quietLine(state(fields))).toBe(line);
});

test('between whom it stands', () => {
  const ring = coalitionOf('ready', seat('a'), seat('b'), seat('c'));
  const line = (peer: string, coalition = ring) => neighbourLine(state({ peer: peer as PeerId, coalition }));
  expect(line('a')).toContain('on to a tab with device b');
  expect(line('b')).toContain('from a tab with device a and passes on to one with device c');
  expect(line('c')).toContain('from a tab with device b');
  expect(line('a', coalitionOf('ready', seat('a')))).toBe(lendText.live.neighbours.alone);
  expect(line('x')).toBeUndefined();
});
