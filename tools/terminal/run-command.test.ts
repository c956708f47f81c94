import { expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

const node = (script: string, timeoutMs = 10_000, env = {}) =>
  runCommand(process.execPath, ['-e', script], { timeoutMs, env });

test('keeps both outputs and the exit code', async () => {
  const { code, output } = await node('console.log("out"); console.error("err"); process.exitCode = 3');
  expect(code).toBe(3);
  expect(output).toContain('out');
  expect(output).toContain('err');
});

test('passes variables on', async () => {
  expect((await node('console.log(process.env.PLANTED)', 10_000, { PLANTED: 'seen' })).output).toBe('seen\n');
});

test('a command that does not end is stopped, and says so', async () => {
  const { code, output, ms } = await node('setInterval(() => {}, 1000)', 500);
  expect(code).toBe(124);
  expect(output).toContain('without an end');
  expect(ms).toBeLessThan(6000);
});

test('a command that does not exist is a result, not a crash', async () => {
  const { code, output } = await runCommand('no-such-command-here', [], { timeoutMs: 1000 });
  expect(code).toBe(127);
  expect(output).toContain('could not be started');
});
