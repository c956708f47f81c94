import { expect, test } from 'vitest';
import { launchFlags } from './launch-flags.ts';

test('the sandbox is off for root alone', () => {
  expect(launchFlags({ gpu: 'none', asRoot: true })).toContain('--no-sandbox');
  expect(launchFlags({ gpu: 'none', asRoot: false })).not.toContain('--no-sandbox');
});

test('the software adapter is forced only when it was chosen', () => {
  const forced = '--use-webgpu-adapter=swiftshader';
  expect(launchFlags({ gpu: 'software', asRoot: false })).toContain(forced);
  expect(launchFlags({ gpu: 'hardware', asRoot: false })).not.toContain(forced);
  expect(launchFlags({ gpu: 'none', asRoot: false }).join(' ')).not.toContain('webgpu');
});
