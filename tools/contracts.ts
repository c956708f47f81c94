// Compiles the contracts, tests them on Superfluid's own state, measures their gas. Installs what that needs into contracts/, apart from
// the product, which needs none of it.
import { join } from 'node:path';
import { UsageError } from '../signaling/config/usage-error.ts';
import { foundryProgram } from './chain/foundry-program.ts';
import { makeAllocs } from './chain/make-allocs.ts';
import { staleArtifacts, writeArtifacts } from './chain/write-artifacts.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { runCommand } from './terminal/run-command.ts';
import { runMain } from './terminal/run-main.ts';

const USAGE = `npm run contracts -- test    forge's tests on Superfluid's own state, the gas snapshot, and whether artifacts are stale
npm run contracts -- long    the same, with a dozen times as many random sequences of calls
npm run contracts -- build   compiles, and writes contracts/artifacts
npm run contracts -- gas     measures gas anew, into contracts/snapshots`;

const FOLDER = join(ROOT, 'contracts');
/** Compiling and fuzzing say little meanwhile, and a machine may do other things. */
const SILENCE_MS = 15 * 60_000;

runMain(async () => {
  const [command = 'test'] = process.argv.slice(2);
  if (command === '--help') {
    console.log(USAGE);
    return 0;
  }
  await ensureInstalled(FOLDER);
  if (command === 'build') {
    await forge(['build', 'src', '--build-info']);
    writeArtifacts();
    return 0;
  }
  if (!['test', 'long', 'gas'].includes(command)) throw new UsageError(`There is no "${command}".\n${USAGE}`);
  await forge(['build']);
  const stale = staleArtifacts();
  if (stale.length > 0) {
    const how = 'npm run contracts -- build writes them.';
    throw new Error(`contracts/artifacts is not what the sources compile to (${stale.join(', ')}): ${how}`);
  }
  await makeAllocs();
  // Not as transactions of their own, its figures are others.
  if (command !== 'gas')
    await forge(['test', '--no-match-contract', 'GasTest'], command === 'long' ? { FOUNDRY_PROFILE: 'long' } : {});
  await forge(['test'], { FOUNDRY_PROFILE: 'gas', ...(command === 'gas' ? {} : { FORGE_SNAPSHOT_CHECK: 'true' }) });
  return 0;
});

/** Throws with what it said where it fails. */
async function forge(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const program = join(ROOT, foundryProgram('forge'));
  const options = { cwd: FOLDER, env: { NO_COLOR: '1', ...env }, silenceMs: SILENCE_MS };
  const { code, output } = await runCommand(program, args, options);
  console.log(output.trim());
  if (code !== 0) throw new Error(`forge ${args.join(' ')} failed.`);
}
