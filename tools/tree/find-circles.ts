// Circles among imports, of files and of rooms. Pure. Types count: a circle of types is one that a reader has to walk too.
import { posix } from 'node:path';
import type { ImportEdge } from './read-imports.ts';

/** Members of each circle in the order of their names; nothing else. Tarjan's strongly connected components (1972). */
export function findCircles(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of arrows.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1 || arrows.get(node)?.has(node)) circles.push(circle.sort());
  };
  for (const node of arrows.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/** A file's room: the folder that it lies in. */
export const roomOf = (path: string): string => posix.dirname(path);

export const fileArrows = (edges: readonly ImportEdge[]): Map<string, Set<string>> =>
  arrowsBetween(edges.map(({ from, to }) => [from, to]));

/** Arrows within a room are its own affair. */
export const roomArrows = (edges: readonly ImportEdge[]): Map<string, Set<string>> =>
  arrowsBetween(edges.map(({ from, to }) => [roomOf(from), roomOf(to)] as const).filter(([from, to]) => from !== to));

function arrowsBetween(pairs: readonly (readonly [from: string, to: string])[]): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const [from, to] of pairs) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
  return arrows;
}
