import { expect, test } from 'vitest';
import type { TraceEntry } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { PrefillPace } from './prefill-pace.ts';

const id = (at: number) => at.toString(16).padStart(16, '0') as SessionId;
const READS = id(1);
const WRITES = id(2);

const traceOf = (computeMs: number, queueMs = 0): TraceEntry[] => [
  {
    ...{ stage: 0, batch: 1, uploadMicros: 0, readbackMicros: 0, hopMicros: 0 },
    ...{ queueMicros: queueMs * 1000, computeMicros: computeMs * 1000 },
  },
];

/** A ring whose laps take `aloneMs`, and beside a prompt as long as the test says; a row of a prompt takes 1 ms. */
class Ring {
  nowMs = 0;
  readonly pace = new PrefillPace(() => this.nowMs);

  /** A token of the session that writes. */
  token(lapMs: number, session = WRITES): void {
    this.pace.sent({ session, isPrefill: false });
    this.nowMs += lapMs;
    this.pace.over({ session, isPrefill: false, rows: 1, lapMs, trace: traceOf(10) });
  }

  /** A chunk that is on its way while the session that writes has a token. */
  chunk(rows: number, lapMs: number): void {
    this.pace.sent({ session: READS, isPrefill: true });
    this.token(lapMs);
    this.pace.over({ session: READS, isPrefill: true, rows, lapMs, trace: traceOf(rows) });
  }
}

test('where nobody decodes a prompt is read as fast as it can be', () => {
  const ring = new Ring();
  expect(ring.pace.turn(READS)).toEqual({ rows: Number.POSITIVE_INFINITY, waitMs: 0 });
  ring.token(100, READS);
  expect(ring.pace.turn(READS).rows).toBe(Number.POSITIVE_INFINITY);
});

test('beside one that decodes chunks are a small part of its lap, by what rows were seen to take', () => {
  const ring = new Ring();
  for (let lap = 0; lap < 20; lap++) ring.token(200);
  expect(ring.pace.turn(READS).rows).toBe(8);
  for (let chunk = 0; chunk < 3; chunk++) ring.chunk(8, 200);
  // 15 % of 200 ms at 1 ms a row.
  expect(ring.pace.turn(READS)).toEqual({ rows: 30, waitMs: 0 });
});

test('the more laps suffer, the longer it waits between chunks; once they do not, it is quicker again', () => {
  const ring = new Ring();
  for (let lap = 0; lap < 20; lap++) ring.token(100);
  const waits: number[] = [];
  for (let chunk = 0; chunk < 8; chunk++) {
    ring.pace.sent({ session: READS, isPrefill: true });
    const { waitMs } = ring.pace.turn(READS);
    waits.push(waitMs);
    ring.token(150);
    ring.pace.over({ session: READS, isPrefill: true, rows: 8, lapMs: 150, trace: traceOf(8) });
  }
  expect(waits[0]).toBeCloseTo(100, 0);
  for (let at = 1; at < waits.length; at++) expect(waits[at]!).toBeGreaterThanOrEqual(waits[at - 1]!);
  expect(waits.at(-1)).toBeGreaterThan(50);
  // Somebody waits for the prompt as well: never less than a twentieth of the ring's time.
  for (let chunk = 0; chunk < 40; chunk++) ring.chunk(8, 400);
  ring.pace.sent({ session: READS, isPrefill: true });
  expect(ring.pace.turn(READS).waitMs).toBeLessThanOrEqual((15 * 1) / 0.05);
  ring.pace.over({ session: READS, isPrefill: true });
  for (let chunk = 0; chunk < 60; chunk++) ring.chunk(8, 100);
  ring.pace.sent({ session: READS, isPrefill: true });
  expect(ring.pace.turn(READS).waitMs).toBeLessThan(5);
});

test('where no lap was seen by itself, what it waited for is not counted to it', () => {
  const ring = new Ring();
  ring.pace.sent({ session: READS, isPrefill: true });
  ring.pace.sent({ session: WRITES, isPrefill: false });
  ring.nowMs += 300;
  ring.pace.over({ session: WRITES, isPrefill: false, rows: 1, lapMs: 300, trace: traceOf(10, 200) });
  ring.pace.over({ session: READS, isPrefill: true, rows: 64, lapMs: 300, trace: traceOf(64) });
  expect(ring.pace.turn(READS).rows).toBe(15);
});

test('one that has written its last token, or left, is not waited for; a chunk that was lost is on its way no more', () => {
  const ring = new Ring();
  ring.token(100);
  ring.token(100, id(3));
  ring.pace.forget(WRITES);
  expect(ring.pace.turn(READS).rows).toBe(8);
  ring.nowMs += 2_001;
  expect(ring.pace.turn(READS).rows).toBe(Number.POSITIVE_INFINITY);
  ring.pace.sent({ session: READS, isPrefill: true });
  ring.pace.over({ session: READS, isPrefill: true });
  ring.nowMs += 1_000;
  for (let lap = 0; lap < 50; lap++) ring.token(40);
  ring.chunk(8, 40);
  const { rows, waitMs } = ring.pace.turn(READS);
  expect(rows).toBe(8);
  // A chunk in each lap, and the last one was a lap ago.
  expect(waitMs).toBeLessThan(1);
});
