import { expect, test } from 'vitest';
import { DelayMeter } from './delay-meter.ts';

test('quantiles of what was given, and nothing before it', () => {
  const meter = new DelayMeter();
  expect(meter.stats()).toEqual({ packets: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  for (let ms = 100; ms >= 1; ms--) meter.add(ms);
  expect(meter.stats()).toEqual({ packets: 100, p50Ms: 51, p99Ms: 100, maxMs: 100 });
  meter.reset();
  expect(meter.stats().packets).toBe(0);
});

test('old ones give way to new ones', () => {
  const meter = new DelayMeter();
  for (let at = 0; at < 70_000; at++) meter.add(at < 65_536 ? 1 : 9);
  for (let at = 0; at < 61_072; at++) meter.add(9);
  expect(meter.stats()).toEqual({ packets: 131_072, p50Ms: 9, p99Ms: 9, maxMs: 9 });
});
