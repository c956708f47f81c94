// Dominators in an acyclic graph whose nodes are numbered makers-first. Pure arithmetic over indices.

/**
 * The immediate dominator of every node: the last node that every path from the root to it passes.
 *
 * One pass suffices without cycles (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001).
 *
 * @param predecessors by node, each smaller than the node itself; node 0 is the root, and all others have some.
 */
export function findDominators(predecessors: readonly (readonly number[])[]): number[] {
  const dominators = [0];
  for (let node = 1; node < predecessors.length; node++) {
    dominators[node] = predecessors[node]!.reduce((common, from) => commonDominator(dominators, common, from));
  }
  return dominators;
}

/** The nearest node that dominates both (or is one of them). */
export function commonDominator(dominators: readonly number[], first: number, second: number): number {
  let [a, b] = [first, second];
  while (a !== b) {
    if (a > b) a = dominators[a]!;
    else b = dominators[b]!;
  }
  return a;
}
