import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { floats, makeTestModel, makeWeight, type TestNode } from './make-test-model.ts';
import { readGraph } from './read-graph.ts';
import { findRotaryTables, keptRows } from './trim-rotary-tables.ts';

const MICROSOFT = 'com.microsoft';

async function tablesOf(nodes: TestNode[], outputs = ['y']): Promise<string[]> {
  const weights = [makeWeight('cos', [64, 8]), makeWeight('sin', [64, 8]), makeWeight('deep', [2, 64, 8])];
  const named = outputs.map((name) => floats(name, 'n'));
  const bytes = makeTestModel({ nodes, weights, inputs: [floats('x', 'n')], outputs: named });
  return [...findRotaryTables(await readGraph(memorySource(bytes)))].sort();
}

const attention = (cos: string, sin: string): TestNode => ({
  opType: 'GroupQueryAttention',
  domain: MICROSOFT,
  inputs: ['x', '', '', '', '', '', '', cos, sin],
  outputs: ['y'],
});
const rotary = (domain: string, inputs: string[]): TestNode => ({
  opType: 'RotaryEmbedding',
  domain,
  inputs,
  outputs: ['y'],
});

describe('tables', () => {
  it.each<[string, TestNode]>([
    ['of attention', attention('cos', 'sin')],
    ['of the contributed operator', rotary(MICROSOFT, ['x', 'positions', 'cos', 'sin'])],
    ['of the standard operator', rotary('', ['x', 'cos', 'sin', 'positions'])],
  ])('%s are found', async (_, node) => {
    expect(await tablesOf([node])).toEqual(['cos', 'sin']);
  });
});

describe('whoever reads a table whole keeps it whole', () => {
  it.each<[string, TestNode[], string[]]>([
    ['another operator', [attention('cos', 'sin'), { opType: 'Identity', inputs: ['cos'], outputs: ['z'] }], ['sin']],
    ['an operator before it', [{ opType: 'Neg', inputs: ['sin'], outputs: ['z'] }, attention('cos', 'sin')], ['cos']],
    ['the same operator, as its data', [rotary('', ['cos', 'cos', 'sin'])], ['sin']],
    ['an operator of that name in another domain', [rotary('elsewhere', ['x', 'cos', 'sin'])], []],
    ['positions in place of a table', [rotary(MICROSOFT, ['x', 'cos', 'sin', 'deep'])], ['sin']],
  ])('%s', async (_, nodes, tables) => {
    expect(await tablesOf(nodes)).toEqual(tables);
  });

  it('a graph that gives it away', async () => {
    expect(await tablesOf([attention('cos', 'sin')], ['y', 'cos'])).toEqual(['sin']);
  });
});

it('what is no matrix, or is computed, is no table', async () => {
  const made = { opType: 'Identity', inputs: ['sin'], outputs: ['made'] };
  expect(await tablesOf([attention('deep', 'made'), made])).toEqual([]);
});

it.each([
  [64, undefined, 64],
  [64, 64, 64],
  [64, 63, 63],
  [64, 4096, 64],
])('of %i rows, a context of %s keeps %i', (rows, maxContext, kept) => {
  expect(keptRows(rows, maxContext)).toBe(kept);
});
