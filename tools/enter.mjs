// How every command begins: packages are there, then the TypeScript behind it runs in this very process, so that signals
// and exit codes need no passing on.
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';

/** Runs `tools/NAME.ts`. @param {string} name */
export async function enter(name) {
  await ensureInstalled();
  // Everything below is relative to the repository, wherever the command was typed.
  process.chdir(ROOT);
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL(`./${name}.ts`, import.meta.url).href);
}
