import { expect, it } from 'vitest';
import { createConnectionGate } from './connection-gate.ts';

it('counts what is open per address, a /64 being one', () => {
  const gate = createConnectionGate({ maxOpen: 2, perMinute: 1000 });
  const first = gate.admit('2001:db8::1');
  expect(gate.admit('2001:db8::2')).toBeTypeOf('function');
  expect(gate.admit('2001:db8::3')).toBeUndefined();
  expect(gate.admit('203.0.113.7')).toBeTypeOf('function');
  expect(gate.open).toBe(3);
  first?.();
  first?.();
  expect(gate.open).toBe(2);
  expect(gate.admit('2001:db8::3')).toBeTypeOf('function');
  expect(gate.admit('2001:db8::3'), 'a second call of the first one freed nothing').toBeUndefined();
});

it('slows an address that comes and goes', () => {
  const gate = createConnectionGate({ maxOpen: 9, perMinute: 3 });
  for (let times = 0; times < 3; times++) gate.admit('203.0.113.7')?.();
  expect(gate.admit('203.0.113.7')).toBeUndefined();
  expect(gate.admit('203.0.113.8')).toBeTypeOf('function');
});
