import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ValueStore } from '../../protocol/value-store.ts';
import type { LentState } from './lent-shards.ts';
import { RuleWatch } from './rule-watch.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function makeWatch() {
  const done: string[] = [];
  const lent = {
    state: new ValueStore<LentState>({ shards: [] }),
    restByRule: () => void done.push('rest'),
    resumeByRule: async () => void done.push('resume'),
    lendShare: (share: number) => void done.push(`share ${share}`),
  };
  let now = new Date(2026, 2, 3, 12, 0);
  const watch = new RuleWatch(lent, () => now);
  return {
    watch,
    lent,
    done,
    last: () => done.at(-1),
    set(hour: number) {
      now = new Date(2026, 2, 3, hour, 0);
    },
  };
}

test('outside of its hours a window rests, and lends again when they begin', () => {
  const { watch, lent, last, set, done } = makeWatch();
  const stop = watch.start();
  expect(last()).toBe('resume');
  watch.change({ hours: { from: 22 * 60, to: 6 * 60 } });
  expect(watch.state.get().verdict).toEqual({ lends: false, why: 'hours', until: new Date(2026, 2, 3, 22, 0) });
  expect(last()).toBe('rest');
  // One more shard is opened meanwhile.
  done.length = 0;
  lent.state.patch({ shards: [] });
  expect(done).toEqual(['rest']);
  set(22);
  vi.advanceTimersByTime(10_000);
  expect([last(), watch.state.get().verdict]).toEqual(['resume', { lends: true }]);
  stop();
  done.length = 0;
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual([]);
});

test('rules are there again in the next window, and storage that throws costs them no more than that', () => {
  const first = makeWatch().watch;
  first.change({ hours: { from: 0, to: 60 }, notifies: true });
  const second = makeWatch().watch;
  const stop = second.start();
  expect(second.state.get().rules).toEqual({ onlyIdle: false, hours: { from: 0, to: 60 }, share: 100, notifies: true });
  stop();
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new DOMException('No storage.');
    },
    setItem: () => {
      throw new DOMException('No storage.');
    },
  });
  const third = makeWatch().watch;
  third.start()();
  third.change({ notifies: true });
  expect(third.state.get().rules.notifies).toBe(true);
});

test('the share that is lent is told to the shards before they are looked at', () => {
  const { watch, done } = makeWatch();
  watch.start()();
  expect(done).toEqual(['share 1', 'resume']);
  watch.change({ share: 25 });
  expect(done.slice(2)).toEqual(['share 0.25', 'resume']);
});

test('only while idle: a browser that does not tell lends not', () => {
  const { watch, last } = makeWatch();
  watch.change({ onlyIdle: true });
  expect([last(), watch.state.get().verdict]).toEqual(['rest', { lends: false, why: 'unknown' }]);
  watch.change({ onlyIdle: false });
  expect(last()).toBe('resume');
});
