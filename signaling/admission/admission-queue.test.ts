import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { AdmissionQueue } from './admission-queue.ts';

const LIMITS = { maxWaiting: 100, maxWaitingPerAccount: 50 };

/** A queue in shorthand: `a1` is the first of account a, a capital letter an owner. */
function queueOf(names: string[], limits = LIMITS): AdmissionQueue<string> {
  const queue = new AdmissionQueue<string>(limits);
  for (const name of names) push(queue, name);
  return queue;
}

const push = (queue: AdmissionQueue<string>, item: string, sessions = 1): void => {
  const [account = ''] = item;
  queue.push({ item, account: account.toLowerCase(), isOwner: account !== account.toLowerCase(), sessions });
};

function drain(queue: AdmissionQueue<string>): string[] {
  const taken: string[] = [];
  for (let next = queue.shift(8); next; next = queue.shift(8)) taken.push(next.item);
  return taken;
}

describe('turns', () => {
  it.each([
    ['one account: first come, first served', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
    ['a busy account does not hold up another', ['a1', 'a2', 'a3', 'b1'], ['a1', 'b1', 'a2', 'a3']],
    ['three accounts in turn', ['a1', 'a2', 'b1', 'b2', 'c1'], ['a1', 'b1', 'c1', 'a2', 'b2']],
    ['owners first', ['a1', 'b1', 'O1'], ['O1', 'a1', 'b1']],
    [
      'owners first, but every fourth turn is for others',
      ['O1', 'O2', 'O3', 'O4', 'O5', 'a1', 'b1'],
      ['O1', 'O2', 'O3', 'a1', 'O4', 'O5', 'b1'],
    ],
  ])('%s', (_name, arrivals, order) => {
    const queue = queueOf(arrivals);
    expect(queue.order()).toEqual(order);
    expect(drain(queue)).toEqual(order);
    expect(queue.size).toBe(0);
  });

  it('keeps the promise of order() after some have gone and others came', () => {
    const queue = queueOf(['O1', 'O2', 'O3', 'O4', 'a1', 'a2', 'b1']);
    queue.shift(8);
    queue.shift(8);
    push(queue, 'c1');
    const promised = queue.order();
    expect(drain(queue)).toEqual(promised);
  });

  it('does not let small ones overtake a large one', () => {
    const queue = new AdmissionQueue<string>(LIMITS);
    push(queue, 'a1', 4);
    push(queue, 'b1', 1);
    expect(queue.shift(3)).toBeUndefined();
    expect(queue.shift(4)?.item).toBe('a1');
    expect(queue.shift(0)).toBeUndefined();
    expect(queue.shift(1)?.item).toBe('b1');
  });

  it('puts one back at the very front; then the turns go on', () => {
    const queue = queueOf(['a1', 'a2', 'b1']);
    const entry = queue.shift(1)!;
    queue.putBack(entry);
    expect(drain(queue)).toEqual(['a1', 'b1', 'a2']);
  });
});

describe('bounds', () => {
  const codeOf = (work: () => void): string => {
    try {
      work();
    } catch (error) {
      return PoolError.from(error).code;
    }
    return 'none';
  };

  it('refuses what is too much over all, and what is too much of one account', () => {
    const queue = queueOf(['a1', 'b1'], { maxWaiting: 3, maxWaitingPerAccount: 2 });
    push(queue, 'a2');
    expect(codeOf(() => push(queue, 'a3'))).toBe('rate-limited');
    expect(codeOf(() => push(queue, 'c1'))).toBe('queue-full');
    expect(queue.size).toBe(3);
  });

  it('counts an account once, whichever line it waits in', () => {
    const queue = queueOf(['a1', 'A2'], { maxWaiting: 10, maxWaitingPerAccount: 2 });
    expect(codeOf(() => push(queue, 'a3'))).toBe('rate-limited');
  });

  it('G12: refuses what is too much of one address, however many accounts it has', () => {
    const queue = queueOf([], { maxWaiting: 8, maxWaitingPerAccount: 2 });
    const ask = (item: string, place?: string) =>
      queue.push({ item, account: item, place, isOwner: false, sessions: 1 });
    for (const item of 'abcd') ask(item, '10.0.0.1');
    expect(codeOf(() => ask('e', '10.0.0.1'))).toBe('rate-limited');
    ask('f', '10.0.0.2');
    // An account that is known is bounded by its own share.
    ask('g');
    expect(queue.order()).toEqual(['a', 'b', 'c', 'd', 'f', 'g']);
    queue.shift(1);
    ask('e', '10.0.0.1');
  });

  it('passes by an account whose next one may not run yet, and keeps its place', () => {
    const queue = queueOf(['a1', 'b1', 'A2'], { maxWaiting: 4, maxWaitingPerAccount: 2 });
    const without = (...held: string[]) => queue.shift(1, (item) => !held.includes(item))?.item;
    expect(without('A2', 'a1')).toBe('b1');
    expect(without('A2', 'a1')).toBeUndefined();
    expect([without('A2'), without()]).toEqual(['a1', 'A2']);
  });

  it('makes room when one is taken out', () => {
    const queue = queueOf(['a1', 'b1'], { maxWaiting: 2, maxWaitingPerAccount: 2 });
    expect(queue.remove('a1')).toBe(true);
    expect(queue.remove('a1')).toBe(false);
    push(queue, 'c1');
    expect(queue.order()).toEqual(['b1', 'c1']);
  });
});
