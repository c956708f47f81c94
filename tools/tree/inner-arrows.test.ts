import { describe, expect, test } from 'vitest';
import { findTestCode } from './find-arrow-violations.ts';
import { fileArrows, findCircles, roomArrows } from './find-circles.ts';
import { findInnerViolations, homeOf, ROOMS } from './inner-arrows.ts';
import { isSource, listFiles, readText } from './list-files.ts';
import { type ImportEdge, readImports } from './read-imports.ts';

const paths = listFiles().filter(isSource);
const all = paths.flatMap((path) => readImports(path, readText(path)));
const testCode = findTestCode(all);
const known = new Set(paths);
/** Between files of the house that run. */
const edges = all.filter(({ from, to }) => known.has(to) && !testCode.has(from));

test('rooms import only the rooms that are drawn', () => {
  expect(edges.length).toBeGreaterThan(1000);
  expect(findInnerViolations(edges)).toEqual([]);
});

test('every room that is drawn is there, and each arrow of it is used', () => {
  const homes = new Set(paths.map((path) => homeOf(path)));
  expect(Object.keys(ROOMS).filter((room) => !homes.has(room))).toEqual([]);
  const used = new Set(edges.map(({ from, to }) => `${homeOf(from)} -> ${homeOf(to)}`));
  const drawn = Object.entries(ROOMS).flatMap(([room, allowed]) => allowed.map((to) => `${room} -> ${to}`));
  const unused = drawn.filter((arrow) => !arrow.endsWith('*') && !used.has(arrow));
  expect(unused).toEqual([]);
});

test('no circle among files', () => {
  expect(findCircles(fileArrows(edges))).toEqual([]);
});

test('no circle among rooms', () => {
  expect(findCircles(roomArrows(edges))).toEqual([]);
});

describe('the checks themselves', () => {
  const edge = (from: string, to: string, typeOnly = false): ImportEdge => ({ from, to, typeOnly });

  test.each([
    ['signaling/roster/a.ts', 'signaling/jobs/b.ts', 'signaling/roster may import signaling/planner'],
    ['signaling/planner/a.ts', 'signaling/main.ts', 'may import nothing of this folder'],
    ['shard-worker/peer/a.ts', 'shard-worker/index.ts', 'shard-worker/peer may import shard-worker/host'],
    ['signaling/cellar/a.ts', 'signaling/jobs/b.ts', 'signaling/cellar, which has no arrows drawn'],
  ])('%s -> %s is found', (from, to, sentence) => {
    expect(findInnerViolations([edge(from, to)])).toEqual([expect.stringContaining(sentence)]);
    expect(findInnerViolations([edge(from, to, true)]), 'a type as well').toHaveLength(1);
  });

  test.each([
    ['signaling/roster/a.ts', 'signaling/roster/b.ts'],
    ['signaling/roster/a.ts', 'signaling/planner/b.ts'],
    ['signaling/main.ts', 'signaling/jobs/b.ts'],
    ['signaling/roster/a.ts', 'protocol/ids.ts'],
    ['tools/demo.ts', 'tools/demo/a.ts'],
  ])('%s -> %s is fine', (from, to) => {
    expect(findInnerViolations([edge(from, to)])).toEqual([]);
  });

  test('a circle of files is found, however long, and one of rooms that no file shows', () => {
    const three = [edge('a/x.ts', 'b/y.ts'), edge('b/y.ts', 'c/z.ts'), edge('c/z.ts', 'a/x.ts')];
    expect(findCircles(fileArrows([...three, edge('a/x.ts', 'd/w.ts')]))).toEqual([['a/x.ts', 'b/y.ts', 'c/z.ts']]);
    const rooms = [edge('a/x.ts', 'b/y.ts'), edge('b/w.ts', 'a/v.ts')];
    expect(findCircles(fileArrows(rooms))).toEqual([]);
    expect(findCircles(roomArrows(rooms))).toEqual([['a', 'b']]);
    expect(findCircles(roomArrows([edge('a/x.ts', 'a/y.ts'), edge('a/y.ts', 'a/x.ts')]))).toEqual([]);
    expect(findCircles(fileArrows([edge('a/x.ts', 'a/x.ts')])), 'one that imports itself').toEqual([['a/x.ts']]);
  });
});
