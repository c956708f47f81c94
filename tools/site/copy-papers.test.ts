import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyPapers } from './copy-papers.ts';

test('licence, receipts and plots lie beside the site as they are', () => {
  const dir = mkdtempSync(join(tmpdir(), 'copy-papers-'));
  try {
    copyPapers(dir);
    for (const [copy, original] of [
      ['licence.txt', 'LICENSE'],
      ['receipts/soak.json', 'docs/receipts/soak.json'],
      ['plots/sessions.svg', 'docs/plots/sessions.svg'],
    ] as const) {
      expect(readFileSync(join(dir, copy), 'utf8')).toBe(readFileSync(original, 'utf8'));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
