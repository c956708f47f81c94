import { expect, it } from 'vitest';
import { tellPlainHttp } from './tell-plain-http.ts';

it.each([
  ['127.0.0.1', undefined],
  ['127.8.9.1', undefined],
  ['::1', undefined],
  ['localhost', undefined],
  ['127.0.0.1', 'http://pool.example'],
  ['0.0.0.0', 'https://pool.example'],
  ['192.168.1.7', 'https://pool.example:8443'],
])('E1: at %s, reached at %s, there is nothing to tell', (host, publicUrl) => {
  expect(tellPlainHttp({ host, publicUrl })).toBeUndefined();
});

it('E1: with https of its own there is nothing to tell', () => {
  expect(tellPlainHttp({ host: '0.0.0.0', tls: { dataDir: '.data' } })).toBeUndefined();
});

it.each([
  ['0.0.0.0', undefined],
  ['::', undefined],
  ['192.168.1.7', undefined],
  ['box.lan', undefined],
  ['0.0.0.0', 'http://pool.example'],
])('E1: at %s, reached at %s, it tells what fails, why, and each way out', (host, publicUrl) => {
  const told = tellPlainHttp({ host, publicUrl }) ?? '';
  for (const part of [
    'Other devices',
    '/join',
    'WebGPU',
    'keys',
    'https or at localhost',
    '--tls',
    '--public-url https://',
  ]) {
    expect(told).toContain(part);
  }
  expect(told).toContain('--host 127.0.0.1');
});
