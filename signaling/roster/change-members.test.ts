import { describe, expect, it } from 'vitest';
import { manifestOf } from '../planner/test-manifest.ts';
import { ROSTER_TIMING } from './roster-state.ts';
import { POOL, peerOf, Table } from './test-table.ts';

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
