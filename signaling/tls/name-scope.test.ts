import { expect, it } from 'vitest';
import { decodeScope, encodeScope, isInScope, scopeFor } from './name-scope.ts';

it('an authority speaks for private networks and for what it was made for, and for nobody else', () => {
  const scope = scopeFor(['desk', 'desk.local', 'pool.example', '203.0.113.7', '2001:db8::7', '192.168.1.7']);
  for (const name of [
    'localhost',
    'desk',
    'desk.local',
    'any.local',
    'pool.example',
    'a.pool.example',
    '203.0.113.7',
  ]) {
    expect(isInScope(name, scope), name).toBe(true);
  }
  for (const address of ['10.1.2.3', '172.31.0.1', '192.168.255.1', '127.0.0.1', '::1', 'fd00::2', '2001:db8::7']) {
    expect(isInScope(address, scope), address).toBe(true);
  }
  for (const name of [
    'example',
    'mypool.example',
    'bank.example',
    'notlocal',
    '203.0.113.8',
    '172.32.0.1',
    '2001:db8::8',
  ]) {
    expect(isInScope(name, scope), name).toBe(false);
  }
});

it('it is read as it was written', () => {
  const scope = scopeFor(['desk', '203.0.113.7', '2001:db8::7']);
  expect(decodeScope(encodeScope(scope))).toEqual(scope);
});
