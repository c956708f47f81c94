import { describe, expect, it } from 'vitest';
import { manifestOf } from '../planner/test-manifest.ts';
import { formingOf } from './coalitions.ts';
import { ROSTER_TIMING } from './roster-state.ts';
import { nameOf, POOL, peerOf, Table } from './test-table.ts';

describe('loss', () => {
  it('breaks at once when a serving member leaves, then plans the rest', () => {
    const table = new Table();
    table.watch('w');
    table.serve('a', 'b');
    table.leave('a');
    expect(table.heard()).toEqual(['abw<1 broken a:0-2 b:2-4']);
    table.pass(1000);
    expect(table.heard()).toEqual(['bw<2 forming b:0-4']);
    table.ready(2, 'b');
    expect(table.heard()).toEqual(['bw<2 ready b:0-4', 'abw<retire 1']);
  });

  it('goes on loading when one leaves that only served', () => {
    const table = new Table(2);
    table.serve('a', 'b');
    table.apply({ type: 'stage-failed', peer: peerOf('a'), pool: POOL, epoch: 1 });
    table.offer('c');
    table.pass(1000);
    table.progress(2, 'c', 5);
    table.leave('a');
    table.pass(1000);
    expect(table.coalitions()[1]).toBe('2 forming c:0-2 b:2-4');
  });

  it('plans without a member that leaves before it is ready', () => {
    const table = new Table();
    table.offer('a');
    table.offer('b');
    table.pass(1000);
    table.ready(1, 'b');
    table.heard();
    table.leave('a');
    table.pass(1000);
    expect(table.heard()).toEqual(['ab<retire 1', 'b<2 forming b:0-4']);
  });

  it('retires what broke when nobody can follow', () => {
    const table = new Table();
    const manifest = manifestOf({ layerBytes: [1e6, 1e6, 1e6, 1e6] });
    table.offer('a', { manifest, memoryBytes: 3e6 });
    table.offer('b', { manifest, memoryBytes: 3e6 });
    table.pass(1000);
    table.ready(1, 'a', 'b');
    table.heard();
    table.leave('a');
    table.pass(1000);
    expect(table.heard()).toEqual(['ab<1 broken a:0-2 b:2-4', 'ab<retire 1']);
    expect(table.summary()).toMatchObject({ state: 'waiting', reason: expect.stringContaining('more memory') });
  });

  it('leaves out a stage that failed until it offers again', () => {
    const table = new Table();
    table.offer('a');
    table.offer('b');
    table.pass(1000);
    table.apply({ type: 'stage-failed', peer: peerOf('b'), pool: POOL, epoch: 1 });
    table.pass(1000);
    expect(table.coalitions()).toEqual(['2 forming a:0-4']);
    expect(table.summary()?.reason).toContain('1 tab failed.');
    table.ready(2, 'a');
    table.offer('b');
    table.pass(1000);
    expect(table.coalitions()[1]).toBe('3 forming a:0-2 b:2-4');
  });

  it('leaves out a seat that is silent too long, but none that goes on loading', () => {
    const table = new Table();
    table.offer('a');
    table.offer('b');
    table.pass(1000);
    table.pass(ROSTER_TIMING.loadSilenceMs - 2000);
    table.progress(1, 'a', 10);
    table.progress(1, 'b', 0);
    table.pass(3000);
    expect(table.coalitions()).toEqual(['2 forming a:0-4']);
    expect(table.pool().peers).toMatchObject([{ peer: peerOf('a') }, { excluded: 'stalled' }]);
  });

  it('ignores words of epochs that are over and of peers without a seat', () => {
    const table = new Table();
    table.serve('a');
    table.offer('b');
    table.pass(1000);
    const before = JSON.stringify(table.pool());
    for (const epoch of [0, 1, 3, 99]) {
      table.ready(epoch, 'b', 'z');
      table.progress(epoch, 'b', 500);
      table.apply({ type: 'stage-failed', peer: peerOf('b'), pool: POOL, epoch });
      table.linkDown(epoch, 'b', 'a');
    }
    table.apply({ type: 'stage-failed', peer: peerOf('z'), pool: POOL, epoch: 1 });
    table.apply({ type: 'stage-failed', peer: peerOf('a'), pool: 'x@y:q4' as never, epoch: 1 });
    expect(JSON.stringify(table.pool())).toBe(before);
  });
});

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
