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
  return new Map(exported.filter((entry): entry is [string, z.ZodMiniType] => /Schema$/.test(entry[0])));
}

const draw = (schema: z.ZodMiniType): string => {
  const { $schema, $defs, ...drawn } = z.toJSONSchema(schema, {
    ...{ io: 'input', unrepresentable: 'any', metadata: z.registry() },
  });
  return JSON.stringify(drawn);
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
