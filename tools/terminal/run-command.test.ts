import { expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

const node = (script: string, silenceMs = 10_000, env = {}) =>
  runCommand(process.execPath, ['-e', script], { silenceMs, env });

test('keeps both outputs and the exit code', async () => {
  const { code, output } = await node('console.log("out"); console.error("err"); process.exitCode = 3');
  expect(code).toBe(3);
  expect(output).toContain('out');
  expect(output).toContain('err');
});

test('passes variables on', async () => {
  expect((await node('console.log(process.env.PLANTED)', 10_000, { PLANTED: 'seen' })).output).toBe('seen\n');
});

test('a command that says nothing any more is stopped, and that is told', async () => {
  const { code, output } = await node('setInterval(() => {}, 1000)', 500);
  expect(code).toBe(124);
  expect(output).toContain('it said nothing for');
});

test('one that says something now and then may take longer', async () => {
  const ticks = 'let n = 0; const t = setInterval(() => { console.log(n); if (++n === 8) clearInterval(t); }, 400)';
  const { code, output } = await node(ticks, 3_000);
  expect([code, output.trim().split('\n').length]).toEqual([0, 8]);
});

test('a command that does not exist is a result, not a crash', async () => {
  const { code, output } = await runCommand('no-such-command-here', [], { silenceMs: 1000 });
  expect(code).toBe(127);
  expect(output).toContain('could not be started');
});
