import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServerMessage } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { Suspects } from './ask-suspects.ts';
import type { LinkCut } from './blame-links.ts';
import { POOL, peerOf } from './test-table.ts';

const [A, B, C, D, W, STRANGER] = ['a', 'b', 'c', 'd', 'w', 'z'].map(peerOf) as [
  PeerId,
  PeerId,
  PeerId,
  PeerId,
  PeerId,
  PeerId,
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function scene() {
  const sent: { to: PeerId; message: ServerMessage }[] = [];
  const silent: PeerId[] = [];
  const cuts: (readonly LinkCut[])[] = [];
  const suspects = new Suspects({
    send: (to, message) => void sent.push({ to, message }),
    standingOf: (_pool, reporter, suspect) => {
      if (suspect === STRANGER || reporter === STRANGER) return undefined;
      return reporter === W ? 'watcher' : 'member';
    },
    mayCut: (_pool, reporter) => reporter !== W,
    onSilent: (_pool, peer) => void silent.push(peer),
    onCut: (_pool, told) => void cuts.push(told),
  });
  const late = (reporter: PeerId, peer: PeerId) => suspects.late(reporter, { type: 'late', pool: POOL, peer });
  const tell = (reporter: PeerId, peer: PeerId, packets = false) =>
    suspects.silent(reporter, { type: 'silent', pool: POOL, epoch: 3, peer, packets });
  const probed = () => sent.filter(({ message }) => message.type === 'probe').map(({ to }) => to);
  const gone = () => sent.filter(({ message }) => message.type === 'gone').map(({ to }) => to);
  return { suspects, sent, silent, cuts, late, tell, probed, gone };
}

test('B3: who answers neither its neighbour nor the server is given up, and the neighbour hears it', () => {
  const { late, tell, silent, probed, gone } = scene();
  late(A, B);
  expect(probed()).toEqual([B]);
  vi.advanceTimersByTime(1_300);
  expect(silent, 'late is not lost').toEqual([]);
  tell(A, B);
  expect([silent, gone()]).toEqual([[B], [A]]);
});

test('a silent one that was not asked yet is asked first', () => {
  const { tell, silent, probed } = scene();
  tell(A, B, true);
  expect([probed(), silent]).toEqual([[B], []]);
  vi.advanceTimersByTime(1000);
  expect(silent).toEqual([B]);
});

test('B2: who answers the server is cut off from its neighbours; what several tell in a moment is judged at once', () => {
  const { suspects, late, tell, silent, cuts } = scene();
  late(A, B);
  suspects.heard(B);
  vi.advanceTimersByTime(1_500);
  tell(A, B);
  vi.advanceTimersByTime(200);
  tell(C, B);
  expect(cuts).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(silent).toEqual([]);
  expect(cuts).toEqual([[A, C].map((reporter) => ({ reporter, accused: B, epoch: 3 }))]);
});

test('who answers, and whose packets come, is busy', () => {
  const { suspects, tell, silent, cuts, gone } = scene();
  tell(A, B, true);
  suspects.heard(B);
  vi.advanceTimersByTime(10_000);
  expect([silent, cuts, gone()]).toEqual([[], [], []]);
});

test('B3: an answer is good for two seconds: who stops after it is asked again', () => {
  const { suspects, late, tell, silent, probed } = scene();
  late(W, B);
  suspects.heard(B);
  vi.advanceTimersByTime(1_900);
  late(A, B);
  expect(probed(), 'it answered a moment ago').toEqual([B]);
  vi.advanceTimersByTime(1_700);
  // It froze meanwhile, and packets still come.
  tell(A, B, true);
  expect([probed(), silent]).toEqual([[B, B], []]);
  vi.advanceTimersByTime(1_000);
  expect(silent).toEqual([B]);
});

test('on the word of one that only watches, a tab has longer to answer', () => {
  const { tell, silent } = scene();
  tell(W, B);
  vi.advanceTimersByTime(2_900);
  expect(silent).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(silent).toEqual([B]);
});

test('strangers to the pool are not heard, nor is who says it of a stranger', () => {
  const { late, tell, sent } = scene();
  for (const [reporter, suspect] of [
    [STRANGER, B],
    [A, STRANGER],
  ] as const) {
    late(reporter, suspect);
    tell(reporter, suspect);
  }
  vi.advanceTimersByTime(10_000);
  expect(sent).toEqual([]);
});

test('a tab is asked once in five seconds, however many speak of it; one that left is not', () => {
  const { suspects, late, tell, probed, silent } = scene();
  for (let time = 0; time < 50; time++) late(time % 2 ? A : C, B);
  expect(probed()).toEqual([B]);
  suspects.heard(B);
  vi.advanceTimersByTime(5_000);
  late(A, B);
  expect(probed()).toEqual([B, B]);
  suspects.left(B);
  vi.advanceTimersByTime(10_000);
  expect(silent).toEqual([]);
  tell(A, B);
  suspects.close();
  vi.advanceTimersByTime(10_000);
  expect(silent).toEqual([]);
});

test('one that says the same again and again, or of everybody, leaves room for what others tell', () => {
  const { suspects, tell, cuts } = scene();
  const others = Array.from({ length: 300 }, (_, index) => index.toString(16).padStart(32, '0') as PeerId);
  for (const peer of [B, ...others]) {
    suspects.late(A, { type: 'late', pool: POOL, peer });
    suspects.heard(peer);
  }
  for (const reporter of [W, D]) for (const peer of [...others, ...others]) tell(reporter, peer);
  tell(A, B);
  tell(C, B);
  tell(C, B);
  vi.advanceTimersByTime(400);
  const [told = []] = cuts;
  expect([W, D].map((peer) => told.filter(({ reporter }) => reporter === peer).length)).toEqual([0, 8]);
  expect(told.filter(({ accused }) => accused === B).map(({ reporter }) => reporter)).toEqual([A, C]);
});
