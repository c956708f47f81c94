// What a tab says of its links: who is put out for it, for how long, and that a liar puts out itself.
import { describe, expect, it } from 'vitest';
import { coalitionsOf, formingOf, hasSeat } from './coalitions.ts';
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
    table.pass(1000);
    expect(table.coalitions()[1]).toMatch(/^3 forming a:\S+ c:\S+$/);
    expect(table.summary()?.reason).toContain('1 tab cannot be reached by its neighbours.');
  });

  it('leaves out the tab that several others cannot reach, even the earliest', () => {
    const table = new Table();
    for (const name of ['a', 'b', 'c']) table.offer(name);
    table.pass(1000);
    const report = (from: string, to: string): void => {
      table.linkDown(table.pool().lastEpoch, from, to);
      table.pass(1000);
    };
    report('b', 'a');
    report('b', 'a');
    // b, the later one, is out. Now c cannot reach a either: a is the common one.
    expect(table.coalitions()).toEqual([expect.stringMatching(/forming a:\S+ c:\S+$/)]);
    report('c', 'a');
    report('c', 'a');
    expect(table.coalitions()).toEqual([expect.stringMatching(/forming c:0-4$/)]);
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

  const cut = (table: Table, ...pairs: [string, string][]): void => {
    const epoch = table.pool().lastEpoch;
    const cuts = pairs.map(([reporter, accused]) => ({ reporter: peerOf(reporter), accused: peerOf(accused), epoch }));
    table.apply({ type: 'links-cut', pool: POOL, cuts });
  };
  const outOf = (table: Table) =>
    table
      .pool()
      .peers.filter(({ excluded }) => excluded)
      .map(({ peer }) => nameOf(peer));

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
    cut(table, ...pairs);
    expect(outOf(table)).toEqual([blamed]);
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
    cut(table, ['w', 'a'], ['a', 'w'], ['a', 'a']);
    table.apply({ type: 'links-cut', pool: POOL, cuts: [{ reporter: peerOf('a'), accused: peerOf('b'), epoch: 99 }] });
    expect(outOf(table)).toEqual([]);
  });

  it('B3: plans without who is silent, and takes it back when it is heard and its time is over', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.apply({ type: 'peer-silent', peer: peerOf('b'), pool: POOL });
    table.pass(1000);
    expect([outOf(table), table.summary()?.state]).toEqual([['b'], 'forming']);
    table.apply({ type: 'peer-heard', peer: peerOf('b') });
    expect(outOf(table), 'too soon').toEqual(['b']);
    table.pass(60_000);
    expect(outOf(table), 'time alone brings nobody back').toEqual(['b']);
    table.apply({ type: 'peer-heard', peer: peerOf('b') });
    expect(outOf(table)).toEqual([]);
  });

  it('leaves a tab out for a time that doubles, and plans it again then', () => {
    const table = new Table();
    for (const name of ['a', 'b']) table.offer(name);
    table.pass(1000);
    const strikeOut = (): void => {
      table.linkDown(table.pool().lastEpoch, 'a', 'b');
      table.pass(400);
      table.linkDown(table.pool().lastEpoch, 'a', 'b');
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
      expect(formingOf(table.pool())?.coalition.seats).toHaveLength(2);
    }
  });

  /** For ten minutes one reports a neighbour whenever it can, and all others are honest. What was broken, and how often each was out. */
  function lieForTenMinutes(how: 'link' | 'cut', after: (table: Table) => void, paceMs: number) {
    const table = new Table();
    table.tries = true;
    for (const name of ['liar', 'a', 'b', 'c']) table.offer(name);
    const outs: Record<string, number> = {};
    let broken = 0;
    while (table.nowMs < 600_000) {
      table.pass(paceMs);
      for (const { epoch, state, seats } of coalitionsOf(table.pool())) {
        if (state !== 'forming') continue;
        table.ready(epoch, ...seats.map(({ peer }) => nameOf(peer)));
        table.tried(epoch, 'shown');
      }
      table.pass(100);
      const seated = coalitionsOf(table.pool()).find((each) => each.state === 'ready' && hasSeat(each, peerOf('liar')));
      const victim = seated?.seats.find(({ peer }) => peer !== peerOf('liar'));
      if (!seated || !victim) continue;
      broken += 1;
      const before = new Set(outOf(table));
      if (how === 'link') table.linkDown(seated.epoch, 'liar', nameOf(victim.peer));
      else cut(table, ['liar', nameOf(victim.peer)]);
      for (const name of outOf(table)) if (!before.has(name)) outs[name] = (outs[name] ?? 0) + 1;
      after(table);
    }
    return { outs, broken, serves: table.coalitions()[0] };
  }

  it.each<[string, 'link' | 'cut', (table: Table) => void]>([
    ['stays', 'link', () => {}],
    ['offers itself again each time', 'link', (table) => table.offer('liar')],
    ['stays, and says that links are cut', 'cut', () => {}],
    ['offers itself again each time, and says that links are cut', 'cut', (table) => table.offer('liar')],
    [
      'leaves and comes back each time it is out',
      'link',
      (table) => {
        if (!outOf(table).includes('liar')) return;
        table.leave('liar');
        table.offer('liar');
      },
    ],
  ])(
    'C1: one that lies about its neighbours puts out one of them, then itself again and again: it %s',
    (_w, how, after) => {
      const { outs, broken, serves } = lieForTenMinutes(how, after, 1000);
      const { liar = 0, ...honest } = outs;
      expect(Object.values(honest).reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(1);
      // 10 s, 20 s, and so on up to ten minutes.
      expect(liar).toBeGreaterThanOrEqual(5);
      expect(broken).toBeLessThanOrEqual(9);
      expect(serves).toMatch(/ready [abc]:\S+ [abc]:\S+ [abc]:/);
    },
  );

  it('forgets after a while what it holds against a pair, and against one that was out for links', () => {
    const table = new Table();
    table.serve('a', 'b');
    cut(table, ['a', 'b']);
    expect(outOf(table)).toEqual(['b']);
    table.pass(1000);
    table.ready(table.pool().lastEpoch, 'a');
    table.pass(11_000);
    table.ready(table.pool().lastEpoch, 'a', 'b');
    table.pass(600_000);
    table.linkDown(table.pool().lastEpoch, 'a', 'b');
    expect(outOf(table), 'tried once more').toEqual([]);
    table.pass(1000);
    table.linkDown(table.pool().lastEpoch, 'a', 'b');
    expect(outOf(table)).toEqual(['b']);
    table.pass(10_000);
    expect(outOf(table), 'not twice as long').toEqual([]);
  });

  it('one that did not show itself is out for its time, whatever comes on top of it', () => {
    const table = new Table();
    table.tries = true;
    for (const name of ['a', 'b']) table.offer(name);
    for (const untilMs of [10_000, 20_000, 40_000]) {
      table.pass(1000);
      table.ready(table.pool().lastEpoch, 'a', 'b');
      table.tried(table.pool().lastEpoch, 'unshown', 'b');
      expect(outOf(table)).toEqual(['b']);
      if (untilMs < 40_000) table.pass(untilMs);
    }
    table.apply({ type: 'stage-failed', peer: peerOf('b'), pool: POOL, epoch: table.pool().lastEpoch });
    table.offer('b');
    table.pass(39_000);
    expect(outOf(table)).toEqual(['b']);
    table.pass(1500);
    expect(outOf(table)).toEqual([]);
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
