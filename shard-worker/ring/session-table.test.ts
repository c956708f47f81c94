// What a stage holds between two epochs: for how long, for whom it gives way, and how much of what was sent it keeps.
import { describe, expect, test } from 'vitest';
import { newSessionId, type PeerId } from '../../protocol/ids.ts';
import { MAX_SENT_BYTES, SESSION_ASIDE_MS } from '../../protocol/limits.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import type { KvCache } from '../engine/layer-executor.ts';
import { SentRows } from './sent-rows.ts';
import { type Session, SessionTable } from './session-table.ts';
import { HeldLink } from './test-stage.ts';

const disposed: KvCache[] = [];
function session(lastUsedMs = 0, kvBytes = 10): Session {
  const cache: KvCache = { length: 0, crop: () => {}, dispose: () => void disposed.push(cache) };
  return {
    ...{ id: newSessionId(), epoch: 1, isAside: false, cache, sent: new SentRows(), lastUsedMs, kvBytes },
    ...{ open: { driver: 'd'.repeat(32) as PeerId, sampling: GREEDY }, upstream: new HeldLink(), admitted: undefined },
  };
}

const sentOf = (bytes: number) =>
  ({ position: 0, tokens: 1, width: bytes / 4, dtype: 'float32', payload: new Uint8Array(bytes) }) as const;

describe('a session that was put aside', () => {
  test('is freed when nobody has come back for half a minute, and not before', () => {
    const table = new SessionTable(1000);
    const [aside, open] = [session(), session()];
    for (const each of [aside, open]) table.set(each);
    table.putAside(aside, 5_000);
    table.sweep(5_000 + SESSION_ASIDE_MS);
    expect(table.size).toBe(2);
    table.sweep(5_001 + SESSION_ASIDE_MS);
    expect(table.all()).toEqual([open]);
    expect(disposed).toContain(aside.cache);
  });

  test('gives way to any other at once, before one that is idle for longer', () => {
    const table = new SessionTable(20);
    const [idle, aside] = [session(0), session(9_000)];
    for (const each of [idle, aside]) table.set(each);
    table.putAside(aside, 9_999);
    expect(table.makeRoom(10_000, 10)).toEqual([aside]);
    table.remove(aside);
    expect(table.makeRoom(10_000, 20)).toEqual([idle]);
    const running = session(9_000);
    table.set(running);
    expect(() => table.makeRoom(10_000, 20)).toThrow(expect.objectContaining({ code: 'sessions-full' }));
  });
});

test('what was sent is bounded: one session keeps half of it, and of all the one that was used longest ago loses its own', () => {
  const table = new SessionTable(1000);
  const sessions = [session(1), session(2), session(3)];
  const ends = () => sessions.map(({ sent }) => sent.end);
  for (const each of sessions) table.set(each);
  const [old, young, youngest] = sessions as [Session, Session, Session];
  for (const each of [old, young]) table.keepSent(each, sentOf(MAX_SENT_BYTES / 2));
  expect(ends()).toEqual([1, 1, 0]);
  table.keepSent(youngest, sentOf(4));
  expect(ends()).toEqual([0, 1, 1]);
  // One that was freed counts no more.
  table.remove(young);
  table.keepSent(old, sentOf(MAX_SENT_BYTES / 2));
  expect(ends()).toEqual([1, 0, 1]);
  table.keepSent(old, sentOf(MAX_SENT_BYTES / 2 + 4));
  expect(ends()).toEqual([0, 0, 1]);
});

test('whoever takes a session over waits until the model has let its cache go', async () => {
  const table = new SessionTable(1000);
  const held = session();
  table.set(held);
  let end = () => {};
  const run = table.compute([held], () => new Promise<void>((resolve) => (end = resolve)));
  let isSettled = false;
  const settled = table.settled(held).then(() => {
    isSettled = true;
  });
  await Promise.resolve();
  table.set({ ...held, epoch: 2 });
  expect(isSettled).toBe(false);
  end();
  await Promise.all([run, settled]);
  // The cache is the new one's.
  expect(disposed).not.toContain(held.cache);
});
