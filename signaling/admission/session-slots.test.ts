import { expect, it } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { kvBytesPerLayer } from '../../protocol/manifest.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { sessionSlots } from './session-slots.ts';

const manifest = manifestOf();
const kv = kvBytesPerLayer(manifest, Math.min(manifest.maxContext, 4096));
const peer = (name: string) => name as PeerId;
const seats = [
  { peer: peer('a'), start: 0, end: 3, totalBytes: 1000 },
  { peer: peer('b'), start: 3, end: 4, totalBytes: 500 },
];

it.each([
  ['the tightest stage decides', { a: 1000 + 3 * kv * 10, b: 500 + kv * 4 }, 2],
  ['a fraction of a session is none', { a: 1000 + 3 * kv * 10, b: 500 + kv * 7.8 }, 3],
  ['the first session may have more than half of what is free', { a: 1000 + 3 * kv * 10, b: 500 + kv }, 1],
  ['no more than a stage holds', { a: 1e15, b: 1e15 }, MAX_SESSIONS_PER_STAGE],
  ['one, even where a peer said too little', { a: 10, b: 10 }, 1],
])('%s', (_name, memory: Record<string, number>, slots) => {
  expect(sessionSlots(manifest, seats, (id) => memory[id])).toBe(slots);
});
