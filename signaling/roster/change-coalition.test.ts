import { describe, expect, it } from 'vitest';
import { nextDeadlineMs } from './apply-roster-event.ts';
import { formingOf } from './coalitions.ts';
import { ROSTER_TIMING } from './roster-state.ts';
import { POOL, peerOf, Table } from './test-table.ts';

describe('forming', () => {
  it('plans a burst of offers once, then serves when every seat is ready', () => {
    const table = new Table();
    table.watch('w');
    table.offer('a');
    table.pass(100);
    table.offer('b');
    expect(table.heard()).toEqual([]);
    table.pass(200);
    expect(table.heard()).toEqual(['abw<1 forming a:0-2 b:2-4']);
    table.ready(1, 'a');
    expect(table.summary()).toMatchObject({ state: 'forming', reason: '2 tabs load 4 layers: 1 of 2 ready.' });
    table.ready(1, 'b');
    expect(table.heard()).toEqual(['abw<1 ready a:0-2 b:2-4']);
    table.pass(10_000);
    expect(table.heard()).toEqual([]);
    expect(table.summary()).toMatchObject({ state: 'ready', peers: 2, reason: '2 tabs serve 4 layers.' });
    expect(nextDeadlineMs(table.roster, ROSTER_TIMING)).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives every coalition its own epoch and tells late watchers what there is', () => {
    const table = new Table();
    table.serve('a');
    table.watch('w');
    expect(table.heard()).toEqual(['w<1 ready a:0-4']);
    table.leave('a');
    table.offer('b');
    table.pass(1000);
    expect(formingOf(table.pool())?.coalition).toMatchObject({ epoch: 2 });
  });

  it('tells progress at most every flush, and takes only what grows', () => {
    const table = new Table();
    table.offer('a');
    table.pass(1000);
    table.heard();
    for (const bytes of [10, 20, 15, 30]) table.progress(1, 'a', bytes);
    expect(table.heard()).toEqual([]);
    table.pass(ROSTER_TIMING.progressFlushMs);
    expect(table.inbox).toMatchObject([{ message: { coalition: { seats: [{ loadedBytes: 30, ready: false }] } } }]);
    table.progress(1, 'a', 1e9);
    expect(formingOf(table.pool())?.coalition.seats[0]?.loadedBytes).toBe(
      formingOf(table.pool())?.coalition.seats[0]?.totalBytes,
    );
  });

  it('waits for the stages asked for and keeps more tabs in reserve', () => {
    const table = new Table(2);
    table.offer('a');
    table.pass(1000);
    expect(table.summary()).toMatchObject({
      state: 'waiting',
      reason: 'One of two tabs is here; one more is needed.',
    });
    table.offer('b');
    table.offer('c');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 forming a:0-2 b:2-4']);
    table.ready(1, 'a', 'b');
    table.pass(1000);
    expect(table.summary()?.reason).toBe('2 tabs serve 4 layers. 1 tab in reserve.');
    table.leave('a');
    table.pass(1000);
    // Whoever is left keeps its layers.
    expect(table.coalitions()).toEqual(['1 broken a:0-2 b:2-4', '2 forming c:0-2 b:2-4']);
    table.ready(2, 'b', 'c');
    table.leave('b');
    table.pass(1000);
    // It has served before, so it goes on with the one that is left.
    expect(table.coalitions()[1]).toBe('3 forming c:0-4');
  });

  it('is not started anew by each tab once something is loaded', () => {
    const table = new Table();
    table.offer('a');
    table.pass(1000);
    table.offer('b');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['2 forming a:0-2 b:2-4']);
    table.progress(2, 'b', 1);
    table.offer('c');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['2 forming a:0-2 b:2-4']);
    table.ready(2, 'a', 'b');
    table.pass(1000);
    expect(table.coalitions()).toEqual(['2 ready a:0-2 b:2-4', '3 forming a:0-2 b:2-3 c:3-4']);
  });
});

describe('make before break', () => {
  it('serves with the old split until the new one is ready', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.offer('c');
    table.pass(1000);
    expect(table.heard()).toEqual(['abc<2 forming a:0-2 b:2-3 c:3-4']);
    expect(table.summary()).toMatchObject({ state: 'ready' });
    table.ready(2, 'a', 'b', 'c');
    expect(table.heard().filter((line) => !line.includes('forming'))).toEqual([
      'abc<2 ready a:0-2 b:2-3 c:3-4',
      'ab<retire 1',
    ]);
  });

  it('plans with the time that a stage measured, not the one it offered', () => {
    const table = new Table();
    table.offer('a');
    table.pass(1000);
    table.apply({ type: 'stage-readied', peer: peerOf('a'), pool: POOL, epoch: 1, msPerLayer: 3 });
    table.offer('b');
    table.pass(1000);
    expect(table.coalitions()[1]).toBe('2 forming a:0-1 b:1-4');
  });

  it('drops the new one when the newcomer leaves, and says nothing of the old', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.offer('c');
    table.pass(1000);
    table.heard();
    table.leave('c');
    table.pass(1000);
    expect(table.heard()).toEqual(['abc<retire 2']);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4']);
  });

  it('lets a member that cannot load its next slice serve on', () => {
    const table = new Table();
    table.serve('a', 'b');
    table.offer('c');
    table.pass(1000);
    table.apply({ type: 'stage-failed', peer: peerOf('a'), pool: POOL, epoch: 2 });
    table.pass(1000);
    expect(table.coalitions()).toEqual(['1 ready a:0-2 b:2-4', '3 forming b:0-2 c:2-4']);
  });
});
