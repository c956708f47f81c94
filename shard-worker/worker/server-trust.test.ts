import { expect, test } from 'vitest';
import { ServerTrust } from './server-trust.ts';

test('A12: time is the server’s, counted on by a clock that nobody sets', () => {
  let monotonicMs = 5_000;
  const trust = new ServerTrust(() => monotonicMs);
  expect(() => trust.orchestratorKey()).toThrow('key');
  trust.learn({ orchestratorKey: 'k', nowSeconds: 1_000_000 });
  monotonicMs += 90_000;
  expect([trust.orchestratorKey(), trust.nowSeconds()]).toEqual(['k', 1_000_090]);
  // The server's clock was set, or this machine slept: the next welcome says so.
  trust.learn({ orchestratorKey: 'l', nowSeconds: 2_000_000 });
  monotonicMs += 1_000;
  expect([trust.orchestratorKey(), trust.nowSeconds()]).toEqual(['l', 2_000_001]);
});
