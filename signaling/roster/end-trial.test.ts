import { describe, expect, it } from 'vitest';
import { leftOutMs } from './roster-state.ts';
import { POOL, Table } from './test-table.ts';

/** A coalition of these that says that it is ready and is to be tried. */
function tried(...names: string[]): Table {
  const table = new Table();
  table.tries = true;
  join(table, ...names);
  return table;
}

/** They come, and all of the pool that has a seat says that it is ready. */
function join(table: Table, ...names: string[]): void {
  for (const name of names) table.offer(name);
  table.pass(1000);
  sayReady(table);
}

function sayReady(table: Table): void {
  const seats = table.coalitions().at(-1)!.split(' ').slice(2);
  table.ready(table.pool().lastEpoch, ...seats.map((seat) => seat.split(':')[0]!));
}

const outs = (table: Table): string[] =>
  table.pool().peers.flatMap(({ excluded, capability }) => (excluded ? [`${capability.device} ${excluded}`] : []));

describe('C1: a coalition that says that it is ready', () => {
  it('serves when a lap has shown it, and not before', () => {
    const table = tried('a', 'b');
    table.pass(100_000);
    expect(table.coalitions()).toEqual(['1 forming a:0-2 b:2-4']);
    table.tried(1, 'shown');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
  });

  it('changes nothing by a verdict of another epoch, or one that nobody waits for', () => {
    const table = tried('a', 'b');
    table.tried(2, 'shown');
    table.tried(7, 'unshown', 'a');
    expect(table.coalitions()).toEqual(['1 forming a:0-2 b:2-4']);
    table.tried(1, 'shown');
    table.tried(1, 'unshown', 'a');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
    expect(outs(table)).toEqual([]);
  });

  it('takes nothing from the one that serves: that goes on, and the liar is left out', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    join(table, 'liar');
    expect(table.coalitions()).toEqual(['1 ready a:0-4', '2 forming a:0-2 liar:2-4']);
    table.tried(2, 'unshown', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
    expect(outs(table)).toEqual(['liar unshown']);
  });

  it('leaves a liar out for a time that doubles, however often it offers itself', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    for (const failures of [1, 2, 3]) {
      table.offer('liar');
      table.pass(1000);
      sayReady(table);
      table.tried(table.pool().lastEpoch, 'unshown', 'liar');
      table.offer('liar');
      table.pass(leftOutMs(failures) - 1000);
      expect(table.coalitions()).toEqual(['1 ready a:0-4']);
      table.pass(2000);
      expect(table.coalitions()).toHaveLength(2);
      sayReady(table);
      table.tried(table.pool().lastEpoch, 'apart', 'liar', 'nobody');
    }
  });

  it('tries again where two contradict each other, then leaves the later one out', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    join(table, 'liar');
    table.tried(2, 'apart', 'a', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4', '3 forming a:0-2 liar:2-4']);
    sayReady(table);
    table.tried(3, 'apart', 'a', 'liar');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
    expect(outs(table)).toEqual(['liar unshown']);
  });

  it('of whom somebody computes wrongly, and nobody is there beside: the first is tried without the others', () => {
    const table = tried('a', 'b', 'c');
    table.tried(1, 'unshown', 'a', 'b', 'c');
    table.pass(1000);
    expect(outs(table)).toEqual(['b unshown', 'c unshown']);
    expect(table.coalitions()).toEqual(['2 forming a:0-4']);
  });

  it('three of one person are out at once where an honest one is there', () => {
    const table = new Table(3);
    table.tries = true;
    join(table, 'x', 'y', 'z', 'a');
    expect(table.coalitions()).toEqual(['1 forming x:0-2 y:2-3 z:3-4']);
    table.tried(1, 'unshown', 'x', 'y', 'z');
    table.pass(1000);
    expect(outs(table)).toEqual(['x unshown', 'y unshown', 'z unshown']);
  });

  it('of one that serves and others that do not, the ones that do not go, however many they are', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    for (const name of ['m', 'n', 'o']) {
      join(table, name);
      for (let lap = 0; lap < 2 && outs(table).length < 1; lap++) {
        const partner = table.coalitions().at(-1)!.includes(`${name}:`) ? name : 'nobody';
        table.tried(table.pool().lastEpoch, 'apart', 'a', partner);
        table.pass(1000);
        if (table.coalitions().length > 1) sayReady(table);
      }
      expect(table.coalitions()[0]).toBe('1 ready a:0-4');
      table.leave(name);
      table.pass(1000);
    }
  });

  /** Each of these comes once, and `judge` says how the trial of a and it ended; gives who is out after each. */
  function contradict(table: Table, names: string[], judge: (epoch: number, name: string) => void): string[][] {
    return names.map((name) => {
      table.offer(name);
      for (let lap = 0; lap < 2; lap++) {
        table.pass(1000);
        const forming = table.coalitions().find((line) => line.includes('forming'));
        if (!forming?.includes('a:') || !forming.includes(`${name}:`)) break;
        sayReady(table);
        judge(table.pool().lastEpoch, name);
      }
      return outs(table);
    });
  }

  it.each<[string, (table: Table, epoch: number, name: string) => void]>([
    ['contradicts', (table, epoch, name) => table.tried(epoch, 'apart', 'a', name)],
    ['computes wrongly beside', (table, epoch, name) => table.wrongBeside(epoch, [name], ['a'])],
  ])('one that serves and %s everybody who comes is passed over for a moment, and serves on', (_what, judge) => {
    const table = tried('a');
    table.tried(1, 'shown');
    const [first, second] = contradict(table, ['m', 'n'], (epoch, name) => judge(table, epoch, name));
    expect(first).toEqual(['m unshown']);
    expect(second).toEqual(['a unshown', 'm unshown']);
    table.pass(500);
    // It answers until those without it have shown that they do.
    expect(table.coalitions()).toEqual(['1 ready a:0-4', expect.stringMatching(/forming n:0-4/)]);
    sayReady(table);
    table.tried(table.pool().lastEpoch, 'shown');
    expect(table.coalitions()).toEqual([expect.stringMatching(/ready n:0-4/)]);
    table.pass(10_000);
    expect(outs(table)).not.toContain('a unshown');
    expect(table.pool().peers.find(({ capability }) => capability.device === 'a')?.failures).toBeUndefined();
  });

  it('doubts outlive another offer and leaving, and so does the time that somebody is out', () => {
    const table = tried('a');
    table.tried(1, 'shown');
    join(table, 'liar');
    table.tried(2, 'apart', 'a', 'liar');
    table.leave('liar');
    table.offer('liar');
    table.pass(1000);
    sayReady(table);
    table.tried(table.pool().lastEpoch, 'apart', 'a', 'liar');
    expect(outs(table)).toEqual(['liar unshown']);
    table.leave('liar');
    table.offer('liar');
    table.pass(5000);
    expect(outs(table)).toEqual(['liar unshown']);
    expect(table.coalitions()).toEqual(['1 ready a:0-4']);
  });

  it('a liar among two honest tabs is out within a few laps, and they serve', () => {
    const table = new Table(2);
    table.tries = true;
    join(table, 'liar', 'h', 'i');
    let laps = 0;
    while (!table.coalitions().some((line) => line.includes('ready')) && laps < 20) {
      const forming = table.coalitions().find((line) => line.includes('forming'));
      const epoch = table.pool().lastEpoch;
      if (!forming) {
        table.pass(1000);
        continue;
      }
      sayReady(table);
      laps += 1;
      const honest = ['h', 'i'].filter((name) => forming.includes(`${name}:`));
      // It signs for all and gives nothing on.
      if (forming.includes('liar:')) table.tried(epoch, 'apart', 'liar', honest[0]!);
      else table.tried(epoch, 'shown');
      table.pass(1000);
    }
    expect(laps).toBeLessThanOrEqual(5);
    expect(table.coalitions()[0]).toMatch(/ready [hi]:0-2 [hi]:2-4/);
  });

  it('wrong ids of a liar and an honest one: they are not tried together for ever', () => {
    const table = new Table(2);
    table.tries = true;
    join(table, 'liar', 'h', 'i');
    let laps = 0;
    for (let second = 0; second < 600 && !table.coalitions().some((line) => line.includes('ready')); second++) {
      const forming = table.coalitions().find((line) => line.includes('forming'));
      if (forming) {
        sayReady(table);
        laps += 1;
        const names = ['liar', 'h', 'i'].filter((name) => forming.includes(`${name}:`));
        if (names.includes('liar')) table.tried(table.pool().lastEpoch, 'unshown', ...names);
        else table.tried(table.pool().lastEpoch, 'shown');
      }
      table.pass(1000);
    }
    expect(table.coalitions()[0]).toMatch(/ready [hi]:0-2 [hi]:2-4/);
    expect(laps).toBeLessThanOrEqual(4);
  });

  it('forgets what it failed at when it has shown itself', () => {
    const table = tried('a', 'b');
    table.tried(1, 'unshown', 'a', 'b');
    table.pass(11_000);
    for (let lap = 0; lap < 3; lap++) {
      sayReady(table);
      table.tried(table.pool().lastEpoch, 'shown');
      table.pass(15_000);
    }
    expect(table.pool().peers.map(({ failures }) => failures)).toEqual([undefined, undefined]);
  });
});

describe('C1: one that passed its trial and then computes nothing', () => {
  /** Two that serve, and one that could. */
  function serving(): Table {
    const table = tried('a', 'b');
    table.tried(1, 'shown');
    join(table, 'c');
    table.tried(table.pool().lastEpoch, 'shown');
    return table;
  }
  const isTried = (table: Table): boolean[] => table.pool().coalitions.map((entry) => entry.isTried ?? false);
  const epochOf = (table: Table): number => table.pool().coalitions[0]!.coalition.epoch;

  it('is tried when somebody says that it stands still, once in half a minute, and serves on', () => {
    const table = serving();
    const epoch = epochOf(table);
    table.stoodStill(epoch + 1);
    expect(isTried(table)).toEqual([false]);
    table.stoodStill(epoch);
    table.stoodStill(epoch);
    expect(isTried(table)).toEqual([true]);
    const before = table.coalitions();
    table.tried(epoch, 'shown');
    expect([table.coalitions(), isTried(table)]).toEqual([before, [false]]);
    table.stoodStill(epoch);
    expect(isTried(table)).toEqual([false]);
    table.pass(30_000);
    table.stoodStill(epoch);
    expect(isTried(table)).toEqual([true]);
    expect(outs(table)).toEqual([]);
  });

  it('is out at once when its lap does not show it, and the others answer', () => {
    const table = serving();
    const epoch = epochOf(table);
    table.stoodStill(epoch);
    table.tried(epoch, 'unshown', 'b');
    expect(outs(table)).toEqual(['b unshown']);
    expect(table.coalitions()[0]).toMatch(/broken/);
    table.pass(1000);
    expect(table.coalitions().at(-1)).not.toContain('b:');
  });

  it('of two that contradict each other, the later one is out at the second time', () => {
    const table = serving();
    const epoch = epochOf(table);
    const seats = table.coalitions()[0]!.split(' ').slice(2);
    const [one, other] = seats.map((seat) => seat.split(':')[0]!) as [string, string];
    table.stoodStill(epoch);
    table.tried(epoch, 'apart', one, other);
    expect([outs(table), isTried(table)]).toEqual([[], [false]]);
    table.pass(30_000);
    table.stoodStill(epoch);
    table.tried(epoch, 'apart', one, other);
    expect(outs(table)).toHaveLength(1);
  });

  it('that is too busy to be tried is left alone', () => {
    const table = serving();
    const epoch = epochOf(table);
    table.stoodStill(epoch);
    table.apply({ type: 'trial-ended', pool: POOL, epoch, verdict: { kind: 'unknown' } });
    expect([outs(table), isTried(table)]).toEqual([[], [false]]);
  });
});
