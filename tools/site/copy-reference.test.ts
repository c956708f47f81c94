import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyReference } from './copy-reference.ts';

test('the reference’s program, its look and its licence lie beside the site, and nothing else of the package', () => {
  const dir = mkdtempSync(join(tmpdir(), 'copy-reference-'));
  try {
    copyReference(dir);
    expect(readdirSync(join(dir, 'reference')).sort()).toEqual(['LICENSE', 'swagger-ui-bundle.js', 'swagger-ui.css']);
    expect(readFileSync(join(dir, 'reference', 'LICENSE'), 'utf8')).toContain('Apache License');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
