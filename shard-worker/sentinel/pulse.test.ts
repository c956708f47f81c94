import { expect, test } from 'vitest';
import { SeededRandom } from '../../protocol/test-random.ts';
import { Pulse } from './pulse.ts';
import { encodePulse, parsePulse } from './pulse-words.ts';

/** Two ends, and what is between them: each way takes `ms`, or nothing arrives. */
class Wire {
  nowMs = 0;
  isCut = false;
  readonly ms: number;
  readonly #queue: { atMs: number; to: Pulse; message: Uint8Array }[] = [];
  readonly here: Pulse;
  readonly there: Pulse;

  constructor(ms: number) {
    this.ms = ms;
    this.here = new Pulse((message) => this.#post(this.there, message), 0);
    this.there = new Pulse((message) => this.#post(this.here, message), 0);
  }

  #post(to: Pulse, message: Uint8Array): void {
    if (!this.isCut) this.#queue.push({ atMs: this.nowMs + this.ms, to, message });
  }

  /** Both ends tick four times a second, unless the other one is stopped. */
  pass(ms: number, { isStopped = false } = {}): string[] {
    const states: string[] = [];
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; this.nowMs += 1) {
      for (const due of this.#queue.filter(({ atMs }) => atMs <= this.nowMs)) {
        this.#queue.splice(this.#queue.indexOf(due), 1);
        if (due.to === this.here || !isStopped) due.to.hear(due.message, this.nowMs);
      }
      if (this.nowMs % 250 === 0) this.here.tick(this.nowMs);
      if (this.nowMs % 250 === 125 && !isStopped) this.there.tick(this.nowMs);
      if (states.at(-1) !== this.here.state) states.push(this.here.state);
    }
    return states;
  }
}

test.each([0, 20, 100])('an end that answers is alive, %i ms away', (ms) => {
  expect(new Wire(ms).pass(20_000)).toEqual(['alive']);
});

test.each([
  [0, 2750],
  [20, 2870],
  [100, 3350],
  [400, 3750],
])('one %i ms away that stops is late after 1.5 s, and silent after %i ms', (ms, silentMs) => {
  const wire = new Wire(ms);
  wire.pass(10_000);
  // From the last pong: some 250 ms and a round trip before.
  const since = () => wire.here.silentMs(wire.nowMs);
  let lateMs = 0;
  for (let step = 0; step < 10_000 && wire.here.state !== 'silent'; step++) {
    wire.pass(1, { isStopped: true });
    if (wire.here.state === 'late') lateMs ||= since();
  }
  expect(lateMs).toBeGreaterThanOrEqual(1500);
  expect(lateMs).toBeLessThan(1500 + 260);
  expect(since()).toBeGreaterThanOrEqual(silentMs);
  expect(since()).toBeLessThan(silentMs + 260);
  wire.pass(2 * ms + 260);
  expect(wire.here.state).toBe('alive');
});

test('a freeze of 2 s is late and no more', () => {
  const wire = new Wire(20);
  wire.pass(5000);
  wire.isCut = true;
  wire.pass(2000);
  wire.isCut = false;
  expect(wire.here.state).toBe('late');
  wire.pass(500);
  expect(wire.here.state).toBe('alive');
});

test('an end that did not run itself blames nobody', () => {
  const wire = new Wire(0);
  wire.pass(5000);
  wire.nowMs += 60_000;
  wire.here.forgive(wire.nowMs);
  wire.isCut = true;
  expect(wire.pass(1250)).toEqual(['alive']);
});

test('one that never answered has the time of a link’s making', () => {
  const wire = new Wire(0);
  wire.isCut = true;
  expect(wire.pass(29_000)).toEqual(['alive']);
  expect(wire.pass(2000)).toEqual(['alive', 'silent']);
});

test('a pong that answers no ping of this end is no answer, and bytes of any kind are borne', () => {
  const sent: Uint8Array[] = [];
  const pulse = new Pulse((message) => void sent.push(message), 0);
  pulse.tick(0);
  pulse.hear(encodePulse({ kind: 'pong', number: 1, atMs: 0 }), 100);
  const random = new SeededRandom(7);
  for (let nowMs = 250; nowMs <= 4000; nowMs += 250) {
    pulse.tick(nowMs);
    pulse.hear(encodePulse({ kind: 'pong', number: 9999, atMs: nowMs }), nowMs);
    pulse.hear(encodePulse({ kind: 'pong', number: 1, atMs: nowMs + 5 }), nowMs);
    pulse.hear(encodePulse({ kind: 'pong', number: 1, atMs: Number.NaN }), nowMs);
    for (let count = 0; count < 50; count++) {
      pulse.hear(random.bytes(random.whole(0, 40)), nowMs);
    }
  }
  expect(pulse.state).toBe('silent');
});

test('a stranger’s pings are answered at a pace', () => {
  const sent: Uint8Array[] = [];
  const pulse = new Pulse((message) => void sent.push(message), 0);
  for (let number = 0; number < 1000; number++) pulse.hear(encodePulse({ kind: 'ping', number, atMs: 1 }), 1);
  expect(sent).toHaveLength(8);
  expect(parsePulse(sent[7]!)).toEqual({ kind: 'pong', number: 7, atMs: 1 });
  pulse.tick(250);
  pulse.hear(encodePulse({ kind: 'ping', number: 1, atMs: 1 }), 251);
  expect(sent).toHaveLength(10);
});
