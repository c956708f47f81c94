// Limits that lean on one another: each test names what would break if one were changed alone.
import { expect, test } from 'vitest';
import { coalitionSchema, parseServerMessage } from './control.ts';
import { cutFragments } from './fragment.ts';
import { encodeFrame, FRAME_HEADER_BYTES, type Frame, TRACE_ENTRY_BYTES } from './frame.ts';
import type { SessionId } from './ids.ts';
import * as limits from './limits.ts';
import type { ModelManifest } from './manifest.ts';
import { MAX_TOKEN_CHARS } from './signed-token.ts';

test('the largest hidden state that a step can make fits a frame, trace included', () => {
  const bytes = limits.MAX_STEP_TOKENS * 8192 * 4 + FRAME_HEADER_BYTES + limits.MAX_STAGES * TRACE_ENTRY_BYTES;
  expect(bytes).toBeLessThanOrEqual(limits.MAX_FRAME_BYTES);
  const payload = new Uint8Array(limits.MAX_STEP_TOKENS * 8192 * 4);
  const frame: Frame = {
    ...{ kind: 'hidden', dtype: 'float32', epoch: 1, session: '0'.repeat(16) as SessionId, position: 0 },
    ...{ tokens: limits.MAX_STEP_TOKENS, flags: 0, lap: 1, width: 8192, trace: [], payload },
  };
  const fragments = cutFragments({ number: 1, previous: 0 }, encodeFrame(frame), limits.SLICE_BYTES);
  expect(fragments.length).toBeLessThanOrEqual(0xffff);
});

test('a fragment passes every browser’s data channel', () => {
  expect(limits.MAX_FRAGMENT_BYTES).toBeLessThanOrEqual(64 * 1024);
});

test('a prefill chunk fits a step, and the fields of a frame', () => {
  expect(limits.PREFILL_CHUNK_TOKENS).toBeLessThanOrEqual(limits.MAX_STEP_TOKENS);
  expect(limits.MAX_STEP_TOKENS).toBeLessThanOrEqual(0xffff);
  expect(limits.MAX_STAGES).toBeLessThanOrEqual(0xff);
});

test('a stage can queue what all its sessions may have in flight', () => {
  // Besides its chunks a session may have an OPEN and a CLOSE under way.
  expect(limits.MAX_SESSIONS_PER_STAGE * (limits.MAX_CHUNKS_IN_FLIGHT + 2)).toBeLessThanOrEqual(
    limits.MAX_QUEUED_FRAMES,
  );
});

test('a peer that beats once a minute, as a hidden tab does, is not taken for silent', () => {
  expect(limits.PEER_SILENCE_MS).toBeGreaterThan(60_000 + limits.HEARTBEAT_MS);
  expect(limits.HEARTBEAT_MS).toBeLessThan(60_000);
});

test('the largest coalition and the largest manifest fit a control message', () => {
  const seat = {
    ...{ peer: 'f'.repeat(32), start: 1000, end: 1001, backend: 'webgpu', device: 'x'.repeat(120) },
    ...{ totalBytes: Number.MAX_SAFE_INTEGER, loadedBytes: Number.MAX_SAFE_INTEGER, ready: false },
  };
  const model = { repo: `${'o'.repeat(96)}/${'n'.repeat(96)}`, revision: 'r'.repeat(128), dtype: 'q4f16' };
  const coalition = coalitionSchema.parse({
    ...{ pool: `${model.repo}@${model.revision}:q4f16`, model, epoch: 4_294_967_295, state: 'forming' },
    ...{ seats: new Array(limits.MAX_STAGES).fill(seat) },
  });
  const ticket = 'x'.repeat(MAX_TOKEN_CHARS);
  const text = JSON.stringify({ type: 'coalition', coalition, ticket });
  expect(text.length).toBeLessThan(limits.MAX_CONTROL_BYTES);
  expect(parseServerMessage(text)).toEqual({ type: 'coalition', coalition, ticket });
  const layerBytes: ModelManifest['layerBytes'] = new Array(1024).fill(Number.MAX_SAFE_INTEGER);
  expect(JSON.stringify(layerBytes).length).toBeLessThan(limits.MAX_CONTROL_BYTES / 4);
});
