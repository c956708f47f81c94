import { describe, expect, test } from 'vitest';
import { findArrowViolations, findLooseImports } from './find-arrow-violations.ts';
import { isSource, listFiles, readText } from './list-files.ts';
import { type ImportEdge, readImports } from './read-imports.ts';

test('imports follow the arrows app -> shard-worker -> protocol <- signaling', () => {
  const files = listFiles();
  const edges = files.filter(isSource).flatMap((path) => readImports(path, readText(path)));
  expect(edges.length).toBeGreaterThan(50);
  expect(findArrowViolations(edges, new Set(files))).toEqual([]);
  expect(findLooseImports(edges, new Set(files))).toEqual([]);
});

describe('the check itself', () => {
  const edge = (from: string, to: string, typeOnly = false): ImportEdge => ({ from, to, typeOnly });
  const find = (...edges: ImportEdge[]) => findArrowViolations(edges, new Set(['protocol/frame.ts']));

  test.each([
    ['app/page.tsx', 'signaling/roster/apply-roster-event.ts'],
    ['shard-worker/index.ts', 'app/page.tsx'],
    ['shard-worker/index.ts', 'signaling/roster/apply-roster-event.ts'],
    ['signaling/main.ts', 'shard-worker/index.ts'],
    ['signaling/pools/pool-store.ts', 'shard-worker/onnx/read-graph.ts'],
    ['protocol/frame.ts', 'shard-worker/read-manifest.ts'],
    ['protocol/frame.ts', 'shard-worker/index.ts'],
    ['protocol/frame.ts', 'zod'],
    ['protocol/frame.ts', 'node:crypto'],
    ['app/page.tsx', 'tools/demo.ts'],
    ['app/page.tsx', 'onnxruntime-web/webgpu'],
    ['shard-worker/worker.ts', 'onnxruntime-web'],
  ])('%s -> %s is found', (from, to) => {
    expect(find(edge(from, to))).toHaveLength(1);
  });

  test('a type alone crosses no arrow more freely than a value', () => {
    expect(find(edge('app/page.tsx', 'signaling/roster/apply-roster-event.ts', true))).toHaveLength(1);
  });

  test.each([
    ['app/page.tsx', 'shard-worker/index.ts'],
    ['app/page.tsx', 'react'],
    ['signaling/main.ts', 'protocol/frame.ts'],
    ['signaling/pools/manifest-reader.ts', 'shard-worker/read-manifest.ts'],
    ['protocol/frame.ts', 'zod/mini'],
    ['shard-worker/engine/ort-runtime.ts', 'onnxruntime-web/webgpu'],
    ['tools/demo.ts', 'signaling/start-server.ts'],
    ['signaling/main.test.ts', 'tools/fixtures/index.json'],
  ])('%s -> %s is fine', (from, to) => {
    expect(find(edge(from, to))).toEqual([]);
  });

  const FILES = new Set(['signaling/jobs/a.ts', 'signaling/jobs/test-scene.ts', 'signaling/jobs/a.test.ts']);
  test.each([
    ['without an ending', 'signaling/roster/x.ts', 'signaling/jobs/a'],
    ['with another ending', 'signaling/roster/x.ts', 'signaling/jobs/a.js'],
    ['of test code from what runs', 'signaling/roster/x.ts', 'signaling/jobs/test-scene.ts'],
  ])('an import %s is found', (_, from, to) => {
    expect(findLooseImports([edge(from, to)], FILES)).toHaveLength(1);
  });

  test.each([
    ['signaling/roster/x.ts', 'signaling/jobs/a.ts'],
    ['signaling/jobs/a.test.ts', 'signaling/jobs/test-scene.ts'],
    ['signaling/main.ts', 'hono/cors'],
    ['signaling/main.ts', 'node:fs'],
  ])('%s -> %s is not', (from, to) => {
    expect(findLooseImports([edge(from, to)], FILES)).toEqual([]);
  });

  test('types of the runtime may be named anywhere', () => {
    expect(find(edge('shard-worker/worker.ts', 'onnxruntime-web', true))).toEqual([]);
  });

  test('what only tests import may load the runtime; once something else imports it, it may not', () => {
    const load = edge('shard-worker/onnx/run-slices.ts', 'onnxruntime-web');
    const used = edge('shard-worker/onnx/a.test.ts', 'shard-worker/onnx/run-slices.ts');
    expect(find(load, used)).toEqual([]);
    expect(find(load, used, edge('shard-worker/index.ts', 'shard-worker/onnx/run-slices.ts'))).toHaveLength(1);
  });
});
