import { expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import { judgeLap, type Lap } from './judge-lap.ts';

const peerOf = (name: string): PeerId => name.repeat(32) as PeerId;
const receiptOf = (chainIn: string, chainOut: string, fields: Partial<Receipt> = {}) =>
  ({ frames: 4, from: 0, to: 7, chainIn, chainOut, ...fields }) as Receipt;

/** Three that computed a prompt of four and three of the four ids after it, and agree about what passed between them. */
const HONEST: Lap = {
  seats: ['a', 'b', 'c'].map((name) => ({ peer: peerOf(name) })),
  ids: [5, 6, 7, 8],
  positions: 7,
  receipts: [receiptOf('1', '2'), receiptOf('2', '3'), receiptOf('3', '4')],
  answered: new Set(['a', 'b', 'c'].map(peerOf)),
  expected: [5, 6, 7, 8],
  shown: new Set(),
};
const without = (...seats: number[]): Lap['receipts'] =>
  HONEST.receipts.map((receipt, at) => (seats.includes(at) ? undefined : receipt));

const judged = (fields: Partial<Lap>): string => {
  const verdict = judgeLap({ ...HONEST, ...fields });
  return verdict.kind === 'shown' ? 'shown' : `${verdict.kind} ${verdict.peers.map((peer) => peer[0]).join(' ')}`;
};

test.each<[string, Partial<Lap>, string]>([
  ['all as expected', {}, 'shown'],
  ['nobody knows what to expect', { expected: [] }, 'shown'],
  ['expected as far as somebody knows', { expected: [5, 6] }, 'shown'],
  ['nothing came, and the entry has done nothing', { ids: undefined, receipts: without(0, 1, 2) }, 'unshown a'],
  ['nothing came, and the middle got nothing', { ids: undefined, receipts: without(1, 2) }, 'apart a b'],
  [
    'nothing came, and the middle says nothing at all',
    { ids: undefined, receipts: without(1, 2), answered: new Set(['a', 'c'].map(peerOf)) },
    'unshown b',
  ],
  [
    'nothing came, and the exit says nothing at all',
    { ids: undefined, receipts: without(1, 2), answered: new Set(['a', 'b'].map(peerOf)) },
    'unshown c',
  ],
  ['nothing came, and the exit got nothing', { ids: undefined, receipts: without(2) }, 'apart b c'],
  ['nothing came, though everybody computed', { ids: undefined }, 'apart c a'],
  ['an answer of which the entry computed nothing', { receipts: without(0, 1, 2) }, 'unshown a'],
  ['an answer of which the exit computed nothing', { receipts: without(2) }, 'apart b c'],
  [
    'an answer longer than what was computed of it',
    { receipts: [receiptOf('1', '2', { to: 6 }), ...HONEST.receipts.slice(1)] },
    'unshown a',
  ],
  [
    'an answer of which the end alone was computed',
    { receipts: [HONEST.receipts[0], receiptOf('2', '3', { from: 4 }), HONEST.receipts[2]] },
    'apart a b',
  ],
  [
    'what one gave is not what the next one got',
    { receipts: [HONEST.receipts[0], receiptOf('9', '3'), HONEST.receipts[2]] },
    'apart a b',
  ],
  ['wrong ids of three who are new', { ids: [5, 6, 7, 9] }, 'unshown a b c'],
  ['wrong ids, and one is new', { ids: [9, 6, 7, 8], shown: new Set([peerOf('a'), peerOf('c')]) }, 'unshown b'],
  ['wrong ids, and nobody is new', { ids: [9], shown: new Set(['a', 'b', 'c'].map(peerOf)) }, 'unshown a b c'],
  ['an end where there should be none', { ids: [] }, 'unshown a b c'],
])('%s', (_what, fields, expected) => {
  expect(judged(fields)).toBe(expected);
});

test('wrong ids: says who took part and has shown itself', () => {
  const judge = (...shown: string[]) => judgeLap({ ...HONEST, ids: [9], shown: new Set(shown.map(peerOf)) });
  expect(judge('a', 'c')).toMatchObject({ peers: [peerOf('b')], beside: [peerOf('a'), peerOf('c')] });
  expect(judge()).not.toHaveProperty('beside');
  expect(judge('a', 'b', 'c')).not.toHaveProperty('beside');
});

test('one tab alone', () => {
  const alone = { seats: HONEST.seats.slice(0, 1), receipts: [receiptOf('1', '4')] };
  expect(judged(alone)).toBe('shown');
  expect(judged({ ...alone, ids: undefined })).toBe('unshown a');
});
