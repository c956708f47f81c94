// Every body and answer of `/api` is declared once: each export has a name of its own, and nothing that `protocol/` exports
// says the same. That page and server declare none is the tree's own test (`tools/tree/one-shape.test.ts`).
import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { shapeNotes } from './shape.ts';

/** Schemas by the name of their export. */
type Exports = Map<string, z.ZodMiniType>;

async function readExports(folder: string): Promise<Exports> {
  const files = readdirSync(new URL(folder, import.meta.url)).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const modules = await Promise.all(files.map((name) => import(/* @vite-ignore */ `${folder}${name}`)));
  const exported = modules.flatMap((module): [string, unknown][] => Object.entries(module));
  return new Map(exported.filter((entry): entry is [string, z.ZodMiniType] => isShape(entry[1])));
}

/** Fields of its own, whatever it is called; a single value's schema is a word and no shape. */
const isShape = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  '_zod' in value &&
  !SCALARS.has((value as z.ZodMiniType)._zod.def.type);
const SCALARS = new Set(['string', 'number', 'pipe', 'literal', 'boolean', 'transform', 'nullable', 'null', 'enum']);

/** The order in which keys are written says nothing. */
const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, sortKeys(each)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const draw = (schema: z.ZodMiniType): string => {
  const { $schema, $defs, ...drawn } = z.toJSONSchema(schema, {
    ...{ io: 'input', unrepresentable: 'any', metadata: z.registry() },
  });
  return JSON.stringify(sortKeys(drawn));
};

let bodies: Exports;
let others: Exports;
beforeAll(async () => {
  const ours = await readExports('./');
  // Fields of an address stand at their route and have no name.
  bodies = new Map([...ours].filter(([key]) => !/(Path|Query)Schema$/.test(key)));
  others = await readExports('../');
});

test('each has a name of its own', () => {
  const names = [...bodies].map(([key, schema]) => [key, shapeNotes.get(schema)?.id]);
  expect(names.filter(([, id]) => id === undefined)).toEqual([]);
  expect(new Set(names.map(([, id]) => id)).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(15);
});

test('no two say the same, and no other export of protocol/ does', () => {
  const all = [...bodies, ...others].map(([key, schema]) => ({ key, drawn: draw(schema) }));
  const isTwice = (one: (typeof all)[number]) => all.some((other) => other !== one && other.drawn === one.drawn);
  expect(all.slice(0, bodies.size).filter(isTwice)).toEqual([]);
  expect(others.size).toBeGreaterThan(15);
});
