// What a tab says of its links: who is put out for it, for how long, and that a liar puts out itself.
import { describe, expect, it } from 'vitest';
import { coalitionsOf, formingOf } from './coalitions.ts';
import { FORGOTTEN_MS } from './pair-marks.ts';
import { ROSTER_TIMING } from './roster-state.ts';
import { nameOf, POOL, peerOf, Table } from './test-table.ts';

describe('links', () => {
  it('tries the same tabs once more, then leaves out the later one', () => {
    const table = new Table();
    table.serve('a', 'b', 'c');
    table.linkDown(1, 'a', 'b');
    expect(table.heard()).toEqual(['abc<1 broken a:0-2 b:2-3 c:3-4']);
    table.linkDown(1, 'b', 'a');
    table.pass(1000);
    expect(table.coalitions()[1]).toMatch(/^2 forming a:\S+ b:\S+ c:\S+$/);
    table.linkDown(2, 'b', 'a');
    table.pass(2000);
    expect(table.coalitions()[1]).toMatch(/^3 forming a:\S+ c:\S+$/);
    expect(table.summary()?.reason).toContain('1 tab cannot be reached by its neighbours.');
  });

  it('leaves out the tab that several others cannot reach, even the earliest', () => {
    const table = new Table();
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    const report = (from: string, to: string): void => {
      table.linkDown(table.pool().lastEpoch, from, to);
      table.pass(2000);
    };
    report('b', 'a');
    report('b', 'a');
    // b, the later one, is out. Now c cannot reach a either: a is the common one.
    expect(table.coalitions()).toEqual([expect.stringMatching(/forming a:\S+ c:\S+$/)]);
    report('c', 'a');
    report('c', 'a');
    expect(table.coalitions()).toEqual([expect.stringMatching(/forming c:0-4$/)]);
  });

  it('leaves out at once the one in the middle that neither neighbour can link with while it loads', () => {
    const table = new Table();
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    const [first, middle, last] = formingOf(table.pool())!.coalition.seats.map(({ peer }) => nameOf(peer));
    const { lastEpoch } = table.pool();
    table.linkDown(lastEpoch, first!, middle!);
    table.pass(ROSTER_TIMING.gatherMs / 2);
    expect(table.out(), 'the other end may be told of yet').toEqual([]);
    table.linkDown(lastEpoch, middle!, last!);
    table.pass(ROSTER_TIMING.gatherMs / 2);
    expect(table.out()).toEqual([middle]);
    table.pass(1000);
    expect(formingOf(table.pool())?.coalition.seats.map(({ peer }) => nameOf(peer))).toEqual([first, last]);
  });

  it('leaves out the one that says it of both its neighbours, and nobody for one pair that is told twice', () => {
    const table = new Table();
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    const [first, liar, last] = formingOf(table.pool())!.coalition.seats.map(({ peer }) => nameOf(peer));
    table.linkDown(table.pool().lastEpoch, first!, liar!);
    table.linkDown(table.pool().lastEpoch, liar!, first!);
    table.pass(2000);
    expect(table.out()).toEqual([]);
    for (const other of [first!, last!]) table.linkDown(table.pool().lastEpoch, liar!, other);
    table.pass(2000);
    expect(table.out()).toEqual([liar]);
  });

  it('lets a liar evict one neighbour, then itself', () => {
    const table = new Table();
    for (const name of ['x', 'a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    for (let round = 0; round < 20; round += 1) {
      const { lastEpoch } = table.pool();
      const victim = formingOf(table.pool())
        ?.coalition.seats.map(({ peer }) => nameOf(peer))
        .find((name) => name !== 'x');
      table.linkDown(lastEpoch, 'x', victim ?? 'a');
      table.pass(400);
    }
    const out = table
      .pool()
      .peers.filter(({ excluded }) => excluded)
      .map(({ peer }) => nameOf(peer));
    expect(out).toEqual(['x', 'a']);
    expect(table.pool().lastEpoch).toBe(5);
  });

  it.each<[string, [string, string][], string]>([
    [
      'that both neighbours hear nothing of',
      [
        ['a', 'b'],
        ['c', 'b'],
      ],
      'b',
    ],
    [
      'that hears nothing of both',
      [
        ['b', 'a'],
        ['b', 'c'],
      ],
      'b',
    ],
    [
      'that a driver cannot hear either',
      [
        ['a', 'b'],
        ['b', 'a'],
        ['w', 'a'],
      ],
      'a',
    ],
    [
      'that came later, where nothing else tells',
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      'b',
    ],
  ])('B2: leaves out at once the one %s', (_what, pairs, blamed) => {
    const table = new Table();
    table.serve('a', 'b', 'c');
    table.watch('w');
    table.cut(...pairs);
    expect(table.out()).toEqual([blamed]);
    table.pass(1000);
    expect(formingOf(table.pool())?.coalition.seats.map(({ peer }) => nameOf(peer))).toEqual(
      ['a', 'b', 'c'].filter((name) => name !== blamed),
    );
  });

  it('B2: hears of cut links when the epoch has broken over one of them, and plans the same tabs no more', () => {
    const table = new Table();
    table.serve('a', 'b', 'c');
    const epoch = table.pool().lastEpoch;
    table.linkDown(epoch, 'a', 'b');
    table.pass(200);
    expect(formingOf(table.pool())?.coalition.seats).toHaveLength(3);
    const pairs = [
      ['a', 'b'],
      ['c', 'b'],
    ] as const;
    const cuts = pairs.map(([reporter, accused]) => ({ reporter: peerOf(reporter), accused: peerOf(accused), epoch }));
    table.apply({ type: 'links-cut', pool: POOL, cuts });
    table.pass(200);
    expect(formingOf(table.pool())?.coalition.seats.map(({ peer }) => nameOf(peer))).toEqual(['a', 'c']);
  });

  it('hears of cut links from members of that epoch alone', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.watch('w');
    table.cut(['w', 'a'], ['a', 'w'], ['a', 'a']);
    table.apply({ type: 'links-cut', pool: POOL, cuts: [{ reporter: peerOf('a'), accused: peerOf('b'), epoch: 99 }] });
    expect(table.out()).toEqual([]);
  });

  it('B3: plans without who is silent, and takes it back when it is heard and its time is over', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.apply({ type: 'peer-silent', peer: peerOf('b'), pool: POOL });
    table.pass(1000);
    expect([table.out(), table.summary()?.state]).toEqual([['b'], 'forming']);
    table.apply({ type: 'peer-heard', peer: peerOf('b') });
    expect(table.out(), 'too soon').toEqual(['b']);
    table.pass(60_000);
    expect(table.out(), 'time alone brings nobody back').toEqual(['b']);
    table.apply({ type: 'peer-heard', peer: peerOf('b') });
    expect(table.out()).toEqual([]);
  });

  it('leaves a tab out for a time that doubles, and plans it again then', () => {
    const table = new Table();
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    const strikeOut = (): void => {
      table.cut(['a', 'b'], ['c', 'b']);
      table.pass(400);
    };
    const isOut = (): boolean => table.pool().peers.some(({ excluded }) => excluded === 'unreachable');
    for (const seconds of [10, 20, 40]) {
      strikeOut();
      expect(isOut()).toBe(true);
      table.pass(seconds * 1000 - 1000);
      expect(isOut()).toBe(true);
      table.pass(1000);
      expect(isOut()).toBe(false);
      table.pass(1000);
      expect(formingOf(table.pool())?.coalition.seats).toHaveLength(3);
    }
  });

  it('forgets after a while what it holds against a pair, and against one that was out for links', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.cut(['a', 'b']);
    expect(table.out()).toEqual(['b']);
    table.pass(1000);
    table.ready(table.pool().lastEpoch, 'a');
    table.pass(11_000);
    table.ready(table.pool().lastEpoch, 'a', 'b');
    table.pass(FORGOTTEN_MS);
    table.linkDown(table.pool().lastEpoch, 'a', 'b');
    expect(table.out(), 'tried once more').toEqual([]);
    table.pass(1000);
    table.linkDown(table.pool().lastEpoch, 'a', 'b');
    table.pass(ROSTER_TIMING.gatherMs);
    expect(table.out()).toEqual(['b']);
    table.pass(10_000);
    expect(table.out(), 'not twice as long').toEqual([]);
  });

  it('one that did not show itself is out for its time, whatever comes on top of it', () => {
    const table = new Table();
    table.tries = true;
    for (const name of ['a', 'b']) table.offer(name);
    for (const untilMs of [10_000, 20_000, 40_000]) {
      table.pass(1000);
      table.ready(table.pool().lastEpoch, 'a', 'b');
      table.tried(table.pool().lastEpoch, 'unshown', 'b');
      expect(table.out()).toEqual(['b']);
      if (untilMs < 40_000) table.pass(untilMs);
    }
    table.apply({ type: 'stage-failed', peer: peerOf('b'), pool: POOL, epoch: table.pool().lastEpoch });
    table.offer('b');
    table.pass(39_000);
    expect(table.out()).toEqual(['b']);
    table.pass(1500);
    expect(table.out()).toEqual([]);
  });

  const settleAll = (table: Table): void => {
    for (const { epoch, state, seats } of coalitionsOf(table.pool())) {
      if (state === 'forming') table.ready(epoch, ...seats.map(({ peer }) => nameOf(peer)));
    }
  };

  it('lets a tab that left a seat that it had just got in again at once, twice', () => {
    const table = new Table();
    table.serve('a', 'b');
    for (const isOut of [false, false, true]) {
      table.apply({ type: 'stage-left', peer: peerOf('b') });
      table.offer('b');
      expect(table.out()).toEqual(isOut ? ['b'] : []);
      table.pass(1000);
      settleAll(table);
    }
    expect(table.summary()?.reason).toContain('left its seat or failed in it again and again');
    table.pass(10_000);
    expect(table.out()).toEqual([]);
  });

  it.each([
    ['alone', ['a'], 240_000],
    ['alone, as soon as it serves', ['a'], 1000],
    ['beside others, as often as it likes once it has served for a while', ['a', 'b', 'c'], 70_000],
  ])('lets a tab in again that is reloaded %s', (_how, names, everyMs) => {
    const table = new Table();
    for (const name of names) table.offer(name);
    for (let times = 0; times < 12; times++) {
      table.pass(1000);
      settleAll(table);
      table.pass(everyMs);
      table.leave('a');
      table.pass(2000);
      table.offer('a');
      expect(table.out()).toEqual([]);
    }
  });

  it('B2: one whose own line was gone puts nobody out for what it did not hear meanwhile', () => {
    for (const names of ['ab', 'ba']) {
      const table = new Table();
      table.serve(...names);
      const cut = { reporter: peerOf('a'), accused: peerOf('b'), epoch: table.pool().lastEpoch };
      table.apply({ type: 'peer-silent', peer: peerOf('a'), pool: POOL });
      table.pass(2000);
      table.apply({ type: 'peer-heard', peer: peerOf('a') });
      table.apply({ type: 'links-cut', pool: POOL, cuts: [cut] });
      expect(table.out()).toEqual(['a']);
    }
  });

  it('is heard of linked tabs only: neighbours, and the two ends', () => {
    const table = new Table('all');
    for (const name of ['a', 'b', 'c', 'd']) table.offer(name);
    table.pass(1000);
    table.ready(table.pool().lastEpoch, 'a', 'b', 'c', 'd');
    table.cut(['a', 'c']);
    table.linkDown(table.pool().lastEpoch, 'a', 'c');
    expect([table.out(), table.coalitions()]).toEqual([[], [expect.stringMatching(/^\d+ ready/)]]);
    table.cut(['a', 'd']);
    expect(table.out()).toHaveLength(1);
  });

  it('is heard from members about members only', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.watch('w');
    table.heard();
    table.linkDown(1, 'w', 'a');
    table.linkDown(1, 'a', 'w');
    table.linkDown(1, 'a', 'a');
    expect(table.heard()).toEqual([]);
  });
});
