// Puts the licence, and the receipts and plots that documents show, beside the built site as they lie in the repository.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../install/ensure-installed.mjs';

/** Folders of `docs/`, and what of each. */
const FOLDERS = { receipts: '.json', plots: '.svg' } as const;

export function copyPapers(siteDir: string): void {
  copyFileSync(join(ROOT, 'LICENSE'), join(siteDir, 'licence.txt'));
  for (const [folder, ending] of Object.entries(FOLDERS)) {
    const to = join(siteDir, folder);
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(join(ROOT, 'docs', folder))) {
      if (name.endsWith(ending)) copyFileSync(join(ROOT, 'docs', folder, name), join(to, name));
    }
  }
}
