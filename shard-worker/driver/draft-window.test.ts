import { describe, expect, test } from 'vitest';
import { MAX_DRAFT_WINDOW } from '../../protocol/limits.ts';
import { DraftWindow } from './draft-window.ts';

/** A ring on which a plain lap takes `lapMs`, a stage's run `fixedMs + rowMs` a row, and a drafted token `draftMs`. */
interface Ring {
  lapMs: number;
  fixedMs: number;
  rowMs: number;
  draftMs: number;
  /** Chance that a drafted token is right. */
  acceptance: number;
}

/** Plans after so many laps that went as the ring and its drafter are; right and wrong in fixed turns. */
function planAfter(laps: number, { lapMs, fixedMs, rowMs, draftMs, acceptance }: Ring, window = new DraftWindow()) {
  let credit = 0;
  for (let lap = 0; lap < laps; lap++) {
    const plan = window.plan();
    const drafted = plan.window;
    const rows = 1 + drafted;
    if (drafted > 0) window.learnDraft(drafted, draftMs * drafted);
    for (let at = 0; at < drafted; at++) {
      credit += acceptance;
      const isRight = credit >= 1;
      if (isRight) credit--;
      window.judge(isRight);
      if (!isRight) break;
    }
    const stageMs = fixedMs + rowMs * rows;
    // Two stages that take as long.
    window.learnLap({ rows, lapMs: lapMs + 2 * rowMs * rows, ringMs: 2 * stageMs, stageMs, isAlone: true });
  }
  return window.plan();
}

const LONG: Ring = { lapMs: 160, fixedMs: 3, rowMs: 1, draftMs: 1.5, acceptance: 0.9 };

test('the first guess is modest', () => {
  const { window, chunk } = new DraftWindow().plan();
  expect([window > 0 && window <= 4, chunk > 0 && chunk <= window]).toEqual([true, true]);
});

describe('the window', () => {
  test.each<[string, Ring, (window: number) => boolean]>([
    ['is long on a long way when guesses are right', { ...LONG, acceptance: 0.97 }, (window) => window >= 16],
    ['is shorter when they are right less often', { ...LONG, acceptance: 0.6 }, (window) => window >= 3 && window <= 9],
    ['is short where a lap is short', { ...LONG, lapMs: 6, acceptance: 0.8 }, (window) => window <= 6],
    ['is none where a guess costs what a lap does', { ...LONG, lapMs: 2, draftMs: 9, acceptance: 0.7 }, (w) => w === 0],
    ['is none when nothing is right', { ...LONG, acceptance: 0, lapMs: 40, rowMs: 4 }, (window) => window === 0],
    ['is shorter where rows are dear', { ...LONG, lapMs: 30, rowMs: 15 }, (window) => window <= 7],
  ])('%s', (_name, ring, isRight) => {
    const { window } = planAfter(60, ring);
    expect(isRight(window), `a window of ${window}`).toBe(true);
  });

  test('never passes its bound, grows in steps, and shrinks at once', () => {
    const window = new DraftWindow();
    let before = window.plan().window;
    for (let lap = 0; lap < 30; lap++) {
      const plan = planAfter(1, { ...LONG, acceptance: 1 }, window).window;
      expect(plan).toBeLessThanOrEqual(Math.min(MAX_DRAFT_WINDOW, before + 4));
      before = plan;
    }
    expect(before).toBeGreaterThan(16);
    expect(planAfter(16, { ...LONG, acceptance: 0 }, window).window).toBeLessThan(before / 2);
  });

  test('is tried again after a while, and comes back when guesses are right again', () => {
    const window = new DraftWindow();
    const bad: Ring = { ...LONG, lapMs: 30, rowMs: 4, acceptance: 0 };
    const windows: number[] = [];
    for (let lap = 0; lap < 200; lap++) windows.push(planAfter(1, bad, window).window);
    const tries = windows.slice(100).filter((each) => each > 0).length;
    expect([tries > 0, tries < 15]).toEqual([true, true]);
    expect(planAfter(400, { ...bad, acceptance: 0.95 }, window).window).toBeGreaterThan(2);
  });
});

describe('the laps of a window', () => {
  test('are several where drafting takes long and a run has little fixed cost', () => {
    const { window, chunk } = planAfter(60, { ...LONG, acceptance: 0.97, draftMs: 4, fixedMs: 1 });
    expect(chunk).toBeLessThanOrEqual(window / 2);
  });

  test('is one where guesses cost nothing, as a lookup’s do', () => {
    const { window, chunk } = planAfter(60, { ...LONG, draftMs: 0, fixedMs: 20 });
    expect(chunk).toBe(window);
  });
});
