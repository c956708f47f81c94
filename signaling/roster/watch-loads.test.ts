import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { Suspects } from './ask-suspects.ts';
import { POOL, peerOf } from './test-table.ts';
import { LoadWatch } from './watch-loads.ts';

const [A, B] = ['a', 'b'].map(peerOf) as [PeerId, PeerId];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function scene() {
  const slice = { start: 0, end: 1, totalBytes: 1, loadedBytes: 0, backend: 'wasm' as const, device: '' };
  const seatOf = (peer: PeerId) => ({ peer, ...slice, ready: false });
  const seats = [seatOf(A), seatOf(B)];
  const coalition = { pool: POOL, state: 'forming' as 'forming' | 'ready', seats };
  const probed: PeerId[] = [];
  const silent: PeerId[] = [];
  const suspects = new Suspects({
    send: (to, { type }) => void (type === 'probe' && probed.push(to)),
    standingOf: () => undefined,
    mayCut: () => false,
    onSilent: (_pool, peer) => void silent.push(peer),
    onCut() {},
  });
  const loads = new LoadWatch({
    coalitions: () => [coalition],
    onMissed: (pool, peer) => suspects.missed(pool, peer),
  });
  onTestFinished(() => {
    loads.close();
    suspects.close();
  });
  const hear = (peer: PeerId) => {
    suspects.heard(peer);
    loads.heard(peer);
  };
  return { coalition, seats, probed, silent, hear };
}

test('who says nothing while it loads is asked, and given up within eight seconds where it does not answer', () => {
  const { probed, silent, hear } = scene();
  hear(A);
  hear(B);
  for (let ms = 0; ms < 8_000; ms += 500) {
    hear(A);
    vi.advanceTimersByTime(500);
  }
  expect([probed.slice(0, 1), silent]).toEqual([[B], [B]]);
});

test('who answers is there, however slowly it loads', () => {
  const { probed, silent, hear } = scene();
  hear(A);
  hear(B);
  for (let ms = 0; ms < 60_000; ms += 500) {
    hear(A);
    const asked = probed.length;
    vi.advanceTimersByTime(500);
    if (probed.length > asked) hear(B);
  }
  expect(silent).toEqual([]);
  expect(probed.length).toBeGreaterThan(5);
});

test('nobody is asked who is ready, who serves, or whom nobody has heard yet', () => {
  const { coalition, seats, probed, hear } = scene();
  hear(A);
  seats[0]!.ready = true;
  vi.advanceTimersByTime(20_000);
  expect(probed, 'one is ready, one was never heard').toEqual([]);
  hear(B);
  coalition.state = 'ready';
  vi.advanceTimersByTime(20_000);
  expect(probed).toEqual([]);
});
