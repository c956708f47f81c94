// Runs a program and ends it when whoever asked for that is gone, however it went: its standard input ends then. Ctrl+C reaches the
// server alone, which still has to say something to the chain.
//   node tools/chain/run-anvil.mjs PROGRAM [ARGUMENTS]
import { spawn } from 'node:child_process';

const [program = '', ...given] = process.argv.slice(2);
const child = spawn(program, given, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
const end = () => child.kill();
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end).on('SIGINT', () => {});
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 0 : 1)));
