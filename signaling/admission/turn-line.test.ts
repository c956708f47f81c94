import { describe, expect, test } from 'vitest';
import { type LineLimits, TurnLine } from './turn-line.ts';

interface Work {
  asker: { address: string | undefined; owner: string };
  name: string;
}

const lineOf = (limits: Partial<LineLimits> = {}) =>
  new TurnLine<Work>({ workers: 1, spare: 0, waiting: 64, ...limits });
let count = 0;
const workOf = (address: string | undefined, owner: string): Work => ({
  asker: { address, owner },
  name: `${owner}${++count}`,
});

/** Does one after the other until nothing waits; says whose it was. */
function doAll(line: TurnLine<Work>): string[] {
  const done: string[] = [];
  for (let work = line.begin(); work; work = line.begin()) {
    done.push(work.asker.owner);
    line.end(work);
  }
  return done;
}

describe('G14: turns', () => {
  test('go by address: six accounts of one have as many as the one of another', () => {
    const line = lineOf();
    for (let round = 0; round < 2; round += 1) {
      for (const owner of ['e1', 'e2', 'e3', 'e4', 'e5', 'e6']) line.push(workOf('evil', owner));
    }
    for (let round = 0; round < 3; round += 1) line.push(workOf('home', 'ann'));
    expect(doAll(line).slice(0, 6)).toEqual(['e1', 'ann', 'e2', 'ann', 'e3', 'ann']);
  });

  test('go by owner within an address', () => {
    const line = lineOf();
    for (let round = 0; round < 4; round += 1) line.push(workOf('office', 'busy'));
    line.push(workOf('office', 'ann'));
    expect(doAll(line)).toEqual(['busy', 'ann', 'busy', 'busy', 'busy']);
  });

  test('are one address’s for all that no request brings', () => {
    const line = lineOf();
    for (const owner of ['b1', 'b2', 'b3']) line.push(workOf(undefined, owner));
    line.push(workOf('home', 'ann'));
    expect(doAll(line)).toEqual(['b1', 'ann', 'b2', 'b3']);
  });

  test('leave a spare one for an address that has nothing at work', () => {
    const line = lineOf({ workers: 2, spare: 1 });
    for (const owner of ['e1', 'e2', 'e3', 'e4']) line.push(workOf('evil', owner));
    expect([line.begin(), line.begin(), line.begin()].map((work) => work?.asker.owner)).toEqual([
      'e1',
      'e2',
      undefined,
    ]);
    line.push(workOf('home', 'ann'));
    expect(line.begin()?.asker.owner).toBe('ann');
  });

  test('pass over what may not begin', () => {
    const line = lineOf();
    line.push(workOf('evil', 'eve'));
    line.push(workOf('home', 'ann'));
    expect(line.begin(({ asker }) => asker.owner !== 'eve')?.asker.owner).toBe('ann');
  });
});

describe('G14: a line that is full', () => {
  test('sends away the newest of who has most there, and takes an address that has few', () => {
    const line = lineOf({ waiting: 4 });
    const evil = ['e1', 'e2', 'e2', 'e3'].map((owner) => workOf('evil', owner));
    for (const work of evil) line.push(work);
    expect(line.shorten()).toBeUndefined();
    line.push(workOf('home', 'ann'));
    expect(line.shorten()).toBe(evil[2]);
    expect(doAll(line)).toContain('ann');
  });

  test('refuses the one that comes to it where all are even', () => {
    const line = lineOf({ waiting: 1 });
    line.push(workOf('home', 'ann'));
    const late = workOf('farm', 'bob');
    line.push(late);
    expect(line.shorten()).toBe(late);
  });
});

test('what is taken out of it has no turn', () => {
  const line = lineOf();
  const [gone, left] = [workOf('home', 'ann'), workOf('farm', 'bob')];
  line.push(gone);
  line.push(left);
  expect([line.remove(gone), line.remove(gone)]).toEqual([true, false]);
  expect(line.clear()).toEqual([left]);
  expect(line.begin()).toBeUndefined();
});
