import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { applyCalibration, type Calibration, calibrate, UNCALIBRATED } from './calibrate.ts';

const speed = (tokensPerSecond: number, timeToFirstTokenMs = 100) => ({ tokensPerSecond, timeToFirstTokenMs });

it('makes the error of later predictions shrink', () => {
  const random = seededRandom(4);
  let calibration: Calibration = UNCALIBRATED;
  const errors: number[] = [];
  for (let answer = 0; answer < 40; answer += 1) {
    const predicted = speed(5 + random() * 20);
    // The pool is 0.6 times as fast as the formula says, give or take a tenth.
    const measured = speed(predicted.tokensPerSecond * 0.6 * (0.9 + random() * 0.2), 180);
    errors.push(Math.abs(applyCalibration(predicted, calibration).tokensPerSecond / measured.tokensPerSecond - 1));
    calibration = calibrate(calibration, predicted, measured);
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  expect(errors[0]).toBeGreaterThan(0.4);
  expect(mean(errors.slice(-20))).toBeLessThan(0.12);
  expect(calibration.speed).toBeCloseTo(0.6, 1);
  expect(calibration.firstToken).toBeCloseTo(1.8, 1);
  expect(calibration.outcomes).toBe(40);
  expect(calibration.speedError).toBeLessThan(0.12);
});

it('does not correct one error twice when answers ran at once', () => {
  let calibration: Calibration = UNCALIBRATED;
  for (let answer = 0; answer < 10; answer += 1) calibration = calibrate(calibration, speed(10), speed(5));
  expect(calibration.speed).toBeCloseTo(0.5);
});

it('stays between a quarter and four times, and takes nothing from a zero', () => {
  const number = fc.double();
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number, number)), (outcomes) => {
      let calibration: Calibration = UNCALIBRATED;
      for (const [a, b, c, d] of outcomes) calibration = calibrate(calibration, speed(a, b), speed(c, d));
      for (const factor of [calibration.speed, calibration.firstToken]) {
        expect(factor).toBeGreaterThanOrEqual(0.25);
        expect(factor).toBeLessThanOrEqual(4);
      }
      expect(Number.isFinite(calibration.speedError)).toBe(true);
    }),
  );
  expect(calibrate(UNCALIBRATED, speed(10), speed(0))).toBe(UNCALIBRATED);
});
