import { expect, test } from 'vitest';
import { KeptPayments } from './kept-payments.ts';
import { TEST_POOL, testPending } from './test-paid.ts';

class FakeStorage {
  readonly values = new Map<string, string>();
  getItem = (key: string) => this.values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.values.set(key, value);
}
const key = (at: number) => ({ id: `0x${'0'.repeat(63)}${at}`, key: `cps_${at}`, pool: TEST_POOL, openedAt: at });

test('a session is kept for all tabs, and a payment that has come to one waits no more', () => {
  const storage = new FakeStorage();
  const [one, other] = [new KeptPayments(() => storage), new KeptPayments(() => storage)];
  one.setPending(testPending());
  one.keep(key(1));
  expect(other.state.get().sessions).toEqual([]);
  other.refresh();
  expect(other.state.get()).toEqual({ sessions: [key(1)] });
  expect(new KeptPayments(() => storage).sessionOf(TEST_POOL)).toEqual(key(1));
});

test('what another tab has written meanwhile is not written over', () => {
  const storage = new FakeStorage();
  const [one, other] = [new KeptPayments(() => storage), new KeptPayments(() => storage)];
  one.keep(key(1));
  other.keep(key(2));
  one.setPending(testPending());
  expect(one.state.get().sessions).toEqual([key(1), key(2)]);
  one.forget(key(1).id);
  other.refresh();
  expect(other.state.get()).toEqual({ sessions: [key(2)], pending: testPending() });
});

test('the newest session of a pool asks it', () => {
  const kept = new KeptPayments(() => new FakeStorage());
  const storage = new FakeStorage();
  const own = new KeptPayments(() => storage);
  own.keep(key(1));
  own.keep({ ...key(2), pool: 'other' });
  own.keep(key(3));
  expect([own.sessionOf(TEST_POOL)?.key, own.sessionOf('other')?.key, kept.sessionOf(TEST_POOL)]).toEqual([
    ...['cps_3', 'cps_2', undefined],
  ]);
});

test('a browser that keeps nothing, or kept something else, loses nothing of this page', () => {
  const broken = new KeptPayments(() => {
    throw new Error('denied');
  });
  broken.keep(key(1));
  broken.keep(key(2));
  broken.wallet = 'io.metamask';
  expect(broken.state.get().sessions).toEqual([key(1), key(2)]);
  expect(broken.wallet).toBeUndefined();
  const strange = new FakeStorage();
  strange.setItem('computepool.payments', '{"sessions":[{"id":1}]}');
  expect(new KeptPayments(() => strange).state.get()).toEqual({ sessions: [] });
});
