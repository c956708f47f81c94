// Tabs that lie about their links, alone, by twos and by coming and going: what they can break, and what it costs them.
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../planner/test-manifest.ts';
import { coalitionsOf, hasSeat } from './coalitions.ts';
import { nameOf, POOL, peerOf, Table } from './test-table.ts';

describe('lies about links', () => {
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
      const own = seated?.seats.findIndex(({ peer }) => peer === peerOf('liar')) ?? 0;
      const victim = seated?.seats[own === 0 ? 1 : own - 1];
      if (!seated || !victim) continue;
      broken += 1;
      const before = new Set(table.out());
      if (how === 'link') table.linkDown(seated.epoch, 'liar', nameOf(victim.peer));
      else table.cut(['liar', nameOf(victim.peer)]);
      for (const name of table.out()) if (!before.has(name)) outs[name] = (outs[name] ?? 0) + 1;
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
        if (!table.out().includes('liar')) return;
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
      expect(broken).toBeLessThanOrEqual(10);
      expect(serves).toMatch(/ready [abc]:\S+ [abc]:\S+ [abc]:/);
    },
  );

  /** For six hours these say what `lie` gives whenever all of them are seated. The share of the time that each was out. */
  function lieForHours(names: string[], lie: (seats: string[]) => [string, string][], watchers: string[] = []) {
    const table = new Table();
    table.tries = true;
    for (const name of watchers) table.watch(name);
    for (const name of names) table.offer(name, { manifest: manifestOf({ headBytes: 0, layers: 8 }) });
    const seconds: Record<string, number> = {};
    const hours = 6 * 3600;
    while (table.nowMs < hours * 1000) {
      table.pass(1000);
      for (const name of table.out()) seconds[name] = (seconds[name] ?? 0) + 1;
      for (const { epoch, state, seats } of coalitionsOf(table.pool())) {
        if (state !== 'forming') continue;
        table.ready(epoch, ...seats.map(({ peer }) => nameOf(peer)));
        table.tried(epoch, 'shown');
      }
      const ready = coalitionsOf(table.pool()).find(({ state }) => state === 'ready');
      const pairs = ready ? lie(ready.seats.map(({ peer }) => nameOf(peer))) : [];
      if (pairs.length > 0) table.cut(...pairs);
    }
    return Object.fromEntries(Object.entries(seconds).map(([name, out]) => [name, out / hours]));
  }

  it.each<[string, string[], string[]]>([
    ['came first', ['liar', 'victim', 'b', 'c'], []],
    ['came last', ['victim', 'b', 'c', 'liar'], []],
    ['came last and has a tab that drives', ['victim', 'b', 'c', 'liar'], ['w']],
  ])('C1: one that always lies about the same neighbour is out as long as that one: it %s', (_how, names, watchers) => {
    const shares = lieForHours(
      names,
      (seats) =>
        seats.includes('liar') && seats.includes('victim')
          ? [['liar', 'victim'], ...watchers.map((name): [string, string] => [name, 'victim'])]
          : [],
      watchers,
    );
    expect(Object.keys(shares).sort()).toEqual(['liar', 'victim']);
    expect(shares.victim).toBeLessThan(0.55);
    expect(shares.liar).toBeGreaterThan(0.45);
  });

  it('C1: of two that lie together about each in turn, one is out as long as the one that they put out', () => {
    const honest = ['a', 'b', 'c', 'd'];
    const shares = lieForHours([...honest, 'x', 'y'], (seats) => {
      const victim = honest.find((name) => seats.includes(name));
      const isBoth = seats.includes('x') && seats.includes('y');
      return isBoth && victim ? [['x', victim] as [string, string], ['y', victim] as [string, string]] : [];
    });
    const [most = 0, next = 0] = honest.map((name) => shares[name] ?? 0).sort((a, b) => b - a);
    expect(next).toBeLessThan(0.05);
    expect((shares.x ?? 0) + (shares.y ?? 0)).toBeGreaterThanOrEqual(most);
  });

  it.each([
    ['stays', 'stay', true],
    ['leaves and comes back', 'leave', false],
    ['lies about a neighbour, leaves and comes back', 'leave', true],
    ['fails in its seat and offers itself again', 'fail', false],
    ['fails in its seat, leaves and comes back', 'fail, leave', false],
    ['fails in its seat once it serves, and offers itself again', 'fail serving', false],
    ['loads nothing and offers itself again', 'stall', false],
    ['loads for a minute, and leaves once it serves', 'dawdle, leave', false],
  ] as const)('C1: a coalition forms although a tab keeps it from that: it %s', (_how, how, isLying) => {
    const table = new Table('all');
    table.tries = true;
    for (const name of ['x', 'a', 'b']) table.offer(name);
    let epochs = 0;
    let readyMs = 0;
    let [epoch, sinceMs] = [0, 0];
    const fail = (of: number) => table.apply({ type: 'stage-failed', peer: peerOf('x'), pool: POOL, epoch: of });
    const leave = () => table.apply({ type: 'stage-left', peer: peerOf('x') });
    while (table.nowMs < 1_200_000) {
      table.pass(50);
      if (table.out().includes('x')) table.offer('x');
      const coalitions = coalitionsOf(table.pool());
      const ready = coalitions.find(({ state }) => state === 'ready');
      if (ready) readyMs += 50;
      if (ready && hasSeat(ready, peerOf('x')) && (how === 'fail serving' || how === 'dawdle, leave')) {
        if (how === 'fail serving') fail(ready.epoch);
        else leave();
        table.offer('x');
      }
      const forming = coalitionsOf(table.pool()).find(({ state }) => state === 'forming');
      if (!forming) continue;
      if (forming.epoch !== epoch) [epoch, sinceMs, epochs] = [forming.epoch, table.nowMs, epochs + 1];
      const names = forming.seats.map(({ peer }) => nameOf(peer));
      const others = names.filter((name) => name !== 'x');
      if (others.length === names.length || how.endsWith('serving') || how.startsWith('dawdle')) {
        const loadMs = others.length < names.length && how.startsWith('dawdle') ? 61_000 : 500;
        if (table.nowMs - sinceMs === 500) table.ready(epoch, ...others);
        if (table.nowMs - sinceMs < loadMs) continue;
        table.ready(epoch, ...names);
        table.tried(epoch, 'shown');
        continue;
      }
      if (isLying && others[0]) table.linkDown(epoch, 'x', others[0]);
      if (how === 'stall' && table.nowMs - sinceMs === 500) table.ready(epoch, ...others);
      if (how.startsWith('fail')) fail(epoch);
      if (how.endsWith('leave')) leave();
      if (how !== 'stay' && how !== 'stall') table.offer('x');
    }
    expect(epochs).toBeLessThan(20);
    // What loads nothing is given up after two minutes, three times; what loads for a minute is waited for, three times.
    const share = how === 'stall' ? 0.6 : how.startsWith('dawdle') ? 0.8 : 0.95;
    expect(readyMs).toBeGreaterThan(share * 1_200_000);
  });

  it('a tab that was loaded again while it was alone has that not counted when others are there', () => {
    const table = new Table('all');
    table.offer('a');
    for (let at = 0; at < 8; at++) {
      table.pass(1000);
      table.leave('a');
      table.offer('a');
    }
    table.offer('b');
    table.pass(1000);
    table.leave('a');
    table.offer('a');
    expect(table.out()).toEqual([]);
  });
});
