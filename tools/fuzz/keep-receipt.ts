// Writes what a long run of the server's tests showed into docs/receipts/, as benches do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Aim } from '../bench/aim.ts';
import { formatRows } from '../bench/format-rows.ts';
import { makeReceipt } from '../bench/receipt.ts';
import { ROOT } from '../install/ensure-installed.mjs';

/** Also tells the aims. `command` is an npm script's name. Returns whether all aims were met. */
export function keepReceipt(name: string, command: string, aims: readonly Aim[], results: unknown): boolean {
  const args = process.argv.slice(2);
  const path = join('docs', 'receipts', `${name}.json`);
  const receipt = {
    ...makeReceipt({ name, table: [], aims, results }, { bench: name, args, chromium: 'none' }),
    command: [`npm run ${command}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
  writeFileSync(join(ROOT, path), `${JSON.stringify(receipt, undefined, 2)}\n`);
  console.log(formatRows(aims.map(({ met, ...aim }) => ({ ...aim, met: met ? 'yes' : 'no' }))).join('\n'));
  console.log(`Receipt: ${path}`);
  return aims.every(({ met }) => met);
}
