import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { RttEstimator, SERVER_NODE } from './rtt-estimator.ts';
import { peerOf } from './test-peers.ts';

const [a, b, c] = [peerOf(0), peerOf(1), peerOf(2)];

describe('lookup', () => {
  it('says measured, estimated or assumed', () => {
    const rtts = new RttEstimator();
    expect(rtts.lookup(a, b, 0)).toEqual({ ms: 150, source: 'default' });
    expect(rtts.at(0)(a, b)).toBeUndefined();
    rtts.record(a, SERVER_NODE, 20, 0);
    rtts.record(b, SERVER_NODE, 30, 0);
    // Nothing better is known than the way over the server.
    expect(rtts.lookup(a, b, 0)).toEqual({ ms: 50, source: 'estimated' });
    rtts.record(a, b, 7, 0);
    expect(rtts.lookup(b, a, 0)).toEqual({ ms: 7, source: 'measured' });
    expect(rtts.lookup(a, SERVER_NODE, 0)).toEqual({ ms: 20, source: 'measured' });
    expect(rtts.lookup(a, a, 0).ms).toBe(0);
  });

  it('B8: an estimate alone makes nobody too far: two tabs that open answer the server late', () => {
    const rtts = new RttEstimator();
    for (const peer of [a, b]) rtts.record(peer, SERVER_NODE, 700, 0);
    expect(rtts.lookup(a, b, 0)).toEqual({ ms: 250, source: 'estimated' });
    rtts.record(a, b, 700, 0);
    expect(rtts.lookup(a, b, 0)).toEqual({ ms: 700, source: 'measured' });
  });

  it('smooths spikes away, and forgets what is old', () => {
    const rtts = new RttEstimator({ ttlMs: 1000 });
    for (const [at, ms] of [30, 31, 900, 32, 30].entries()) rtts.record(a, b, ms, at);
    expect(rtts.lookup(a, b, 5).ms).toBe(30);
    for (let at = 0; at < 5; at += 1) rtts.record(a, b, 200, 10 + at);
    expect(rtts.lookup(a, b, 20).ms).toBe(200);
    expect(rtts.lookup(a, b, 2000).source).toBe('default');
    rtts.record(a, b, 60, 3000);
    expect(rtts.lookup(a, b, 3000).ms).toBe(60);
  });

  it('forgets a peer that left', () => {
    const rtts = new RttEstimator();
    rtts.record(a, b, 10, 0);
    rtts.forget(a);
    expect(rtts.lookup(a, b, 0).source).toBe('default');
    expect(rtts.size).toBe(0);
  });

  it('is bounded in nodes and in pairs', () => {
    const rtts = new RttEstimator({ maxNodes: 10, maxPairsPerNode: 4 });
    for (let index = 0; index < 50; index += 1) rtts.record(peerOf(index), a, 10, index);
    expect(rtts.size).toBe(10);
    for (let index = 1; index < 50; index += 1) rtts.record(a, peerOf(100 + index), 10, index);
    const known = Array.from(
      { length: 50 },
      (_, index) => rtts.lookup(a, peerOf(100 + index), 60).source === 'measured',
    );
    expect(known.filter(Boolean)).toHaveLength(4);
    expect(known.at(-1)).toBe(true);
  });
});

describe('lies', () => {
  it('plans a pair that is disputed with the larger word', () => {
    const rtts = new RttEstimator();
    rtts.record(a, b, 180, 0);
    rtts.record(b, a, 1, 0);
    expect(rtts.lookup(a, b, 0)).toEqual({ ms: 180, source: 'measured' });
  });

  it('takes no word that is no number, and none of a peer about itself', () => {
    const rtts = new RttEstimator();
    for (const ms of [Number.NaN, -5, Number.POSITIVE_INFINITY]) rtts.record(a, b, ms, 0);
    rtts.record(a, a, 5, 0);
    expect(rtts.size).toBe(0);
    rtts.record(a, b, 1e12, 0);
    expect(rtts.lookup(a, b, 0).ms).toBe(2000);
  });

  it('lets one liar move honest estimates by little', () => {
    const honest = medianError(new RttEstimator(), () => undefined);
    const random = seededRandom(9);
    const withLiar = medianError(new RttEstimator(), () => random() * 2000);
    expect(honest).toBeLessThan(0.2);
    expect(withLiar).toBeLessThan(honest + 0.1);
  });

  it('never tells an estimate above the way over the server', () => {
    const rtts = new RttEstimator();
    for (const peer of [a, b, c]) rtts.record(peer, SERVER_NODE, 20, 0);
    for (let turn = 0; turn < 200; turn += 1) {
      rtts.record(a, c, 1900, turn);
      rtts.record(b, c, 3, turn);
    }
    expect(rtts.lookup(a, b, 200)).toMatchObject({ source: 'estimated' });
    expect(rtts.lookup(a, b, 200).ms).toBeLessThanOrEqual(40);
  });
});

/** The error over 20 honest peers' unmeasured pairs, when peer 0 says `lie()` of every pair and delays its own answers alike. */
function medianError(rtts: RttEstimator, lie: () => number | undefined): number {
  const random = seededRandom(3);
  const places = Array.from({ length: 21 }, () => ({ x: random() * 150, y: random() * 80, line: 1 + random() * 8 }));
  const rtt = (one: number, two: number): number =>
    Math.hypot(places[one]!.x - places[two]!.x, places[one]!.y - places[two]!.y) +
    places[one]!.line +
    places[two]!.line;
  const isMeasured = (one: number, two: number): boolean => one === 0 || two === 0 || (one * 7 + two * 3) % 3 !== 0;
  for (let turn = 0; turn < 60; turn += 1) {
    for (let from = 0; from < places.length; from += 1) {
      for (let to = 0; to < places.length; to += 1) {
        if (from === to || !isMeasured(Math.min(from, to), Math.max(from, to))) continue;
        const told = from === 0 || to === 0 ? lie() : undefined;
        rtts.record(peerOf(from), peerOf(to), told ?? rtt(from, to), turn);
      }
    }
  }
  const errors: number[] = [];
  for (let from = 1; from < places.length; from += 1) {
    for (let to = from + 1; to < places.length; to += 1) {
      const { ms, source } = rtts.lookup(peerOf(from), peerOf(to), 60);
      if (source === 'estimated') errors.push(Math.abs(ms - rtt(from, to)) / rtt(from, to));
    }
  }
  expect(errors.length).toBeGreaterThan(30);
  errors.sort((one, two) => one - two);
  return errors[Math.floor(errors.length / 2)]!;
}
