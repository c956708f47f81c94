// Several rings of one pool, side by side: when a further one forms, and that what happens to one is nothing to the others.
import { beforeEach, describe, expect, it } from 'vitest';
import { coalitionsOf, formingOf, ringOf } from './coalitions.ts';
import { POOL, peerOf, Table } from './test-table.ts';

let table: Table;
/** Two serve together; two more hold nothing and wait. */
beforeEach(() => {
  table = new Table(2);
  for (const name of ['a', 'b']) offer(name);
  table.pass(1000);
  table.ready(1, 'a', 'b');
  table.pass(1000);
  for (const name of ['c', 'd']) offer(name);
  table.pass(1000);
  table.heard();
});

/** Each lends room for two layers beside the embedding, and not for all four. */
function offer(name: string): void {
  table.offer(name, { memoryBytes: 6_500 });
}
const crowd = (isCrowded = true): void => table.apply({ type: 'queue-told', pool: POOL, isCrowded });
const rings = (): number[] => coalitionsOf(table.pool()).map(ringOf);
const readyAll = (epoch: number): void => {
  const seats = coalitionsOf(table.pool()).find((one) => one.epoch === epoch)!.seats;
  for (const { peer } of seats) table.apply({ type: 'stage-readied', peer, pool: POOL, epoch, msPerLayer: 1 });
};
const second = (): void => {
  crowd();
  table.pass(1000);
  readyAll(2);
  table.pass(1000);
  table.heard();
};

describe('a further ring', () => {
  it('forms of tabs in reserve while somebody waits, beside the one that answers', () => {
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
    crowd();
    table.pass(900);
    expect(table.coalitions()).toHaveLength(1);
    table.pass(200);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 forming c:0-2 d:2-4']);
    expect(rings()).toEqual([0, 1]);
    expect(table.summary()?.reason).toBe('2 tabs serve 4 layers. 2 tabs load another ring meanwhile.');
    readyAll(2);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 ready c:0-2 d:2-4']);
    expect(table.summary()).toMatchObject({
      state: 'ready',
      reason: '2 rings, of 2 and 2 tabs, serve 4 layers side by side.',
    });
    table.pass(60_000);
    expect(rings(), 'nobody is replaced').toEqual([0, 1]);
    expect(table.heard().filter((line) => line.includes('retire'))).toEqual([]);
  });

  it('forms also of tabs that were no faster in a seat of the first', () => {
    const alone = new Table();
    alone.stages = undefined;
    alone.tries = true;
    alone.offer('a');
    alone.pass(1000);
    alone.ready(1, 'a');
    alone.timed(1, 10);
    alone.pass(1000);
    // It says to be ten times as fast, and is not.
    alone.offer('b', { msPerLayer: 0.1 });
    alone.pass(1000);
    expect(alone.summary()?.reason).toBe('1 tab serves 4 layers. 1 tab loads the next split meanwhile.');
    alone.ready(2, 'b');
    alone.timed(2, 10);
    alone.pass(1000);
    expect(alone.coalitions()).toEqual(['1 ready a:0-4']);
    alone.apply({ type: 'queue-told', pool: POOL, isCrowded: true });
    alone.pass(2000);
    expect(alone.coalitions()).toEqual(['1 ready a:0-4', '3 forming b:0-4']);
  });

  it('does not form when the queue was empty again within a second', () => {
    crowd();
    table.pass(500);
    crowd(false);
    table.pass(10_000);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
  });

  it('does not form of tabs that together cannot hold the model, and does as soon as one comes that can', () => {
    table.leave('d');
    crowd();
    table.pass(10_000);
    expect(table.coalitions()).toHaveLength(1);
    offer('e');
    table.pass(1000);
    expect(table.coalitions()[1]).toBe('2 forming c:0-2 e:2-4');
  });

  it('is made of tabs that hold the first one’s layers already, whoever came first', () => {
    const told = (name: string, start: number, end: number) =>
      table.apply({ type: 'spare-told', peer: peerOf(name), pool: POOL, layers: { start, end }, isReady: true });
    // Each was asked for one of the two slices, in order of their weight.
    for (const name of ['c', 'd'])
      for (const [start, end] of [
        [0, 2],
        [2, 4],
      ] as const)
        told(name, start, end);
    const warm = table.pool().peers.flatMap(({ warm: held = [] }) => held.filter(({ isReady }) => isReady));
    expect(warm.length).toBeGreaterThanOrEqual(2);
    crowd();
    table.pass(1100);
    const [, further] = coalitionsOf(table.pool());
    for (const { peer, start, end } of further!.seats) {
      expect([peerOf('c'), peerOf('d')]).toContain(peer);
      expect(warm).toContainEqual({ start, end, isReady: true });
    }
  });

  it('is one of four at most', () => {
    for (let at = 0; at < 10; at++) offer(`s${at}`);
    crowd();
    for (let epoch = 2; epoch < 8; epoch++) {
      table.pass(2000);
      if (coalitionsOf(table.pool()).some((one) => one.epoch === epoch)) readyAll(epoch);
    }
    expect(rings()).toEqual([0, 1, 2, 3]);
  });
});

describe('of two rings', () => {
  beforeEach(() => {
    second();
    offer('e');
    table.pass(1000);
    table.heard();
  });

  it('the one that loses a tab is filled from the reserve, the other goes on untouched', () => {
    table.leave('d');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 broken c:0-2 d:2-4']);
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 broken c:0-2 d:2-4', '3 forming c:0-2 e:2-4']);
    expect(rings()).toEqual([0, 1, 1]);
    readyAll(3);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '3 ready c:0-2 e:2-4']);
    expect(table.heard().filter((line) => line.includes('retire'))).toEqual(['cd<retire 2']);
  });

  it('the second is the pool’s where the first cannot be mended', () => {
    table.leave('e');
    table.leave('a');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['2 ready c:0-2 d:2-4']);
    expect(table.summary()?.state).toBe('ready');
    // What is left of the first is in reserve, and takes a seat of the second.
    table.leave('d');
    table.pass(1000);
    expect(table.coalitions().at(-1)).toMatch(/^3 forming c:0-2 b:2-4$/);
    expect(ringOf(formingOf(table.pool())!.coalition)).toBe(1);
  });

  it('both go on when a report names an epoch of neither', () => {
    table.linkDown(7, 'a', 'b');
    table.apply({ type: 'stage-failed', peer: peerOf('c'), pool: POOL, epoch: 1 });
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 ready c:0-2 d:2-4']);
  });

  it('a link that breaks in the second ends its epoch alone', () => {
    table.linkDown(2, 'c', 'd');
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '2 broken c:0-2 d:2-4']);
    table.pass(1000);
    expect(table.coalitions().at(-1)).toBe('3 forming c:0-2 d:2-4');
    table.apply({ type: 'links-cut', pool: POOL, cuts: [{ reporter: peerOf('a'), accused: peerOf('b'), epoch: 1 }] });
    expect(table.coalitions()[0]).toMatch(/^1 broken/);
    expect(table.coalitions()).toContain('3 forming c:0-2 d:2-4');
  });

  it('a silent tab is blamed where it sits, and the last of all takes the manifest along', () => {
    table.apply({ type: 'peer-silent', peer: peerOf('c'), pool: POOL });
    expect(table.coalitions()[1]).toMatch(/^2 broken/);
    for (const name of ['a', 'b', 'c', 'd']) table.leave(name);
    expect(table.pool().manifest).toBeDefined();
    table.leave('e');
    table.pass(1000);
    expect([table.pool().manifest, table.pool().hasServed, table.coalitions()]).toEqual([undefined, false, []]);
  });
});

it('random joins, losses and crowds leave no tab with two seats, no ring with two successors, and no clock that ticks without end', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const world = new Table(2);
  let rungs = 0;
  for (let step = 0; step < 2000; step++) {
    const name = `p${random(12)}`;
    const what = random(8);
    if (what < 3) world.offer(name);
    else if (what === 3) world.leave(name);
    else if (what === 4) world.apply({ type: 'queue-told', pool: POOL, isCrowded: random(3) > 0 });
    else if (what === 5 && world.pool().coalitions.length > 0) {
      const all = coalitionsOf(world.pool());
      const { epoch, seats } = all[random(all.length)]!;
      world.apply({ type: 'stage-failed', peer: seats[random(seats.length)]!.peer, pool: POOL, epoch });
    } else {
      const forming = world.pool().coalitions.filter(({ coalition }) => coalition.state === 'forming');
      for (const { coalition } of forming) {
        for (const { peer } of coalition.seats) {
          world.apply({ type: 'stage-readied', peer, pool: POOL, epoch: coalition.epoch, msPerLayer: 1 });
        }
      }
    }
    world.pass(random(3000));
    const all = coalitionsOf(world.pool());
    const keys = all.map((one) => `${ringOf(one)} ${one.state === 'forming'}`);
    expect(new Set(keys).size, keys.join()).toBe(keys.length);
    rungs = Math.max(rungs, new Set(all.map(ringOf)).size);
    const ringOfPeer = new Map<string, number>();
    for (const one of all) {
      for (const { peer } of one.seats) {
        expect(ringOfPeer.get(peer) ?? ringOf(one), 'sits in two rings').toBe(ringOf(one));
        ringOfPeer.set(peer, ringOf(one));
      }
    }
  }
  expect(rungs).toBeGreaterThan(1);
});
