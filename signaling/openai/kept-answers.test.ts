import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OwnerId } from '../ledger/owner.ts';
import { KEPT_BOUNDS, type KeptAnswer, KeptAnswers, type KeptBounds } from './kept-answers.ts';

const [ANN, BOB] = ['account:ann', 'account:bob'] as OwnerId[] as [OwnerId, OwnerId];
const EVENT = 'e'.repeat(936); // a thousand bytes, with what the runtime takes
const named = (key: string, owner = ANN, request = 'r') => ({ owner, key, request });

function scene(bounds: Partial<KeptBounds> = {}) {
  const kept = new KeptAnswers(bounds);
  const say = (answer: KeptAnswer, events: number): void => {
    for (let each = 0; each < events; each += 1) kept.say(answer, EVENT);
  };
  /** One that has ended. */
  const given = (key: string, { owner = ANN, events = 1 } = {}): KeptAnswer => {
    const answer = kept.begin(named(key, owner), true);
    say(answer, events);
    kept.end(answer);
    return answer;
  };
  return { kept, say, given };
}
const isWhole = ({ log }: KeptAnswer): boolean => log.start === 0;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an answer is found by owner and name until five minutes after its end, and not a moment longer', () => {
  const { kept, say } = scene();
  const answer = kept.begin(named('a'), true);
  vi.advanceTimersByTime(60 * 60_000);
  expect(kept.find(named('a'))).toBe(answer);
  say(answer, 1);
  kept.end(answer);
  vi.advanceTimersByTime(5 * 60_000 - 1);
  expect(kept.find(named('a'))).toBe(answer);
  expect(kept.find(named('a', BOB))).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(kept.find(named('a'))).toBeUndefined();
  expect([kept.bytes, kept.keys]).toEqual([0, 0]);
});

test('another request under the same name is refused, while it runs and after its end', () => {
  const { kept, given } = scene();
  kept.begin(named('runs'), true);
  given('ended');
  for (const key of ['runs', 'ended']) {
    expect(() => kept.find(named(key, ANN, 'other'))).toThrow(expect.objectContaining({ code: 'key-reused' }));
    expect(kept.find(named(key, BOB, 'other'))).toBeUndefined();
  }
});

describe('bounds', () => {
  test('of an owner’s bytes: the oldest of its own go, and that they were given is remembered', () => {
    const { kept, given } = scene({ bytesOfOwner: 3_000 });
    const bobs = given('b', { owner: BOB });
    const answers = ['1', '2', '3', '4'].map((key) => given(key));
    expect(answers.map(isWhole)).toEqual([false, true, true, true]);
    expect(isWhole(bobs)).toBe(true);
    expect(kept.find(named('1'))).toBe(answers[0]);
    expect(kept.bytes).toBe(4_000);
  });

  test('of all bytes: whoever keeps most gives first, and a stranger with many names pushes nobody out', () => {
    const { kept, given } = scene({ bytes: 6_000, bytesOfOwner: 4_000 });
    const few = given('only', { owner: BOB });
    const many = Array.from({ length: 40 }, (_, key) => given(String(key)));
    const third = given('x', { owner: 'account:c' as OwnerId, events: 2 });
    expect([isWhole(few), isWhole(third)]).toEqual([true, true]);
    expect(many.filter(isWhole)).toHaveLength(3);
    expect(kept.bytes).toBeLessThanOrEqual(6_000);
  });

  test('10,000 names of one owner: as many as it may have are known, the newest', () => {
    const { kept, given } = scene({ keysOfOwner: 100 });
    for (let key = 0; key < 10_000; key += 1) given(String(key));
    expect(kept.keys).toBe(100);
    expect(kept.find(named('9999'))).toBeDefined();
    expect(kept.find(named('9900'))).toBeDefined();
    expect(kept.find(named('9899'))).toBeUndefined();
    expect(vi.getTimerCount()).toBe(100);
    vi.advanceTimersByTime(KEPT_BOUNDS.keptMs);
    expect([kept.bytes, kept.keys]).toEqual([0, 0]);
  });

  test('names in all: those of whoever has most go', () => {
    const { kept, given } = scene({ keys: 10 });
    given('b', { owner: BOB });
    for (let key = 0; key < 30; key += 1) given(String(key));
    expect(kept.keys).toBe(10);
    expect(kept.find(named('b', BOB))).toBeDefined();
  });

  test('answers of one owner that run; one that ended, or failed, makes room', () => {
    const { kept } = scene({ runningOfOwner: 2 });
    const [one, two] = ['1', '2'].map((key) => kept.begin(named(key), true)) as [KeptAnswer, KeptAnswer];
    expect(() => kept.begin(named('3'), true)).toThrow(expect.objectContaining({ code: 'rate-limited' }));
    kept.begin(named('3', BOB), true);
    kept.end(one);
    kept.begin(named('3'), true);
    kept.forget(two);
    // That it ended after it was forgotten counts for nothing.
    kept.end(two);
    kept.begin(named('4'), true);
    expect(() => kept.begin(named('5'), true)).toThrow(/2 answers/);
  });
});

describe('an answer that alone is larger than may be kept', () => {
  test('goes on for who reads it, without its beginning', async () => {
    const { kept } = scene({ bytesOfOwner: 3_000 });
    const answer = kept.begin(named('a'), true);
    const { events, leave } = answer.log.read(0);
    for (let each = 0; each < 20; each += 1) {
      kept.say(answer, EVENT);
      expect((await events.next()).value).toBe(EVENT);
    }
    expect(answer.cancel.signal.aborted).toBe(false);
    expect(answer.log.length).toBe(20);
    expect(answer.log.start).toBeGreaterThan(15);
    expect(kept.bytes).toBeLessThanOrEqual(3_000);
    leave();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is cancelled where nobody reads it, and where its only reader does not', () => {
    const { kept, say } = scene({ bytesOfOwner: 3_000 });
    const unread = kept.begin(named('unread'), true);
    say(unread, 4);
    expect(unread.cancel.signal.aborted).toBe(true);
    const stuck = kept.begin(named('stuck', BOB), true);
    stuck.log.read(0);
    say(stuck, 4);
    expect(stuck.cancel.signal.reason).toMatchObject({ code: 'too-large' });
  });

  test('takes the room of those that have ended first', () => {
    const { kept, say, given } = scene({ bytesOfOwner: 3_000 });
    const old = given('old', { events: 2 });
    const answer = kept.begin(named('a'), true);
    say(answer, 3);
    expect([isWhole(old), isWhole(answer), answer.cancel.signal.aborted]).toEqual([false, true, false]);
  });
});

test('what a reader has not had of an answer that ended stays until it has, whatever else comes', async () => {
  const { kept, given } = scene({ bytesOfOwner: 3_000 });
  const old = given('old', { events: 2 });
  const { events } = old.log.read(0);
  await events.next();
  given('new', { events: 2 });
  given('newer', { events: 1 });
  expect(old.log.start).toBe(1);
  expect((await events.next()).value).toBe(EVENT);
  expect((await events.next()).done).toBe(true);
  expect(kept.bytes).toBe(2_000);
});
