import { expect, test } from 'vitest';
import { readImports } from './read-imports.ts';

const read = (text: string) => readImports('app/chat/page.tsx', text).map(({ to, typeOnly }) => [to, typeOnly]);

test.each([
  ["import { a } from '../x.ts';", 'app/x.ts', false],
  ["import '../x.ts';", 'app/x.ts', false],
  ["import a, { type B } from 'react';", 'react', false],
  ["import * as z from 'zod/mini';", 'zod/mini', false],
  ["export { a } from './x.ts';", 'app/chat/x.ts', false],
  ["export * from './x.ts';", 'app/chat/x.ts', false],
  ["const a = await import('../../signaling/x.ts');", 'signaling/x.ts', false],
  ["import type { A } from 'ort';", 'ort', true],
  ["import { type A, type B } from 'ort';", 'ort', true],
  ["export type * from './x.ts';", 'app/chat/x.ts', true],
  ["type A = import('ort').A;", 'ort', true],
])('%s', (text, to, typeOnly) => {
  expect(read(text)).toEqual([[to, typeOnly]]);
});

test('an import in a comment or a string is none', () => {
  expect(read("// import '../x.ts'\nconst text = \"import '../x.ts'\";")).toEqual([]);
});
