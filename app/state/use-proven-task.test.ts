// G9: what a person wanted goes on by itself once the password was shown.
import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { drawHook } from './test-page.ts';
import { useProvenTask } from './use-proven-task.ts';

/** Work that the server refuses until the login is recent. */
function lasting() {
  const work = { runs: 0, done: 0, recent: false };
  const run = async () => {
    work.runs += 1;
    if (!work.recent) throw new PoolError('login-again', 'The login is not a recent one.');
    work.done += 1;
  };
  return { work, run };
}

test('G9: asks, and goes on with what was wanted, once', async () => {
  const task = drawHook(useProvenTask);
  const { work, run } = lasting();
  const wanted = task.now.run(run);
  await expect.poll(() => task.now.asking).toBe(true);
  expect(task.now).toMatchObject({ busy: true });
  expect(task.now.error).toBeUndefined();
  work.recent = true;
  task.now.goOn();
  expect(await wanted).toBe(true);
  await expect.poll(() => task.now).toMatchObject({ busy: false, asking: false });
  expect(work).toMatchObject({ runs: 2, done: 1 });
});

test('what is left is no failure, and can be wanted again', async () => {
  const task = drawHook(useProvenTask);
  const { work, run } = lasting();
  const wanted = task.now.run(run);
  await expect.poll(() => task.now.asking).toBe(true);
  task.now.giveUp();
  expect(await wanted).toBe(false);
  await expect.poll(() => task.now).toMatchObject({ busy: false, asking: false });
  expect(task.now.error).toBeUndefined();
  work.recent = true;
  expect(await task.now.run(run)).toBe(true);
});

test('a login that is recent is not asked for, and other failures are shown', async () => {
  const task = drawHook(useProvenTask);
  const { work, run } = lasting();
  work.recent = true;
  expect(await task.now.run(run)).toBe(true);
  const failing = async () => {
    throw new PoolError('conflict', 'Too many keys.');
  };
  expect(await task.now.run(failing)).toBe(false);
  await expect.poll(() => task.now.error).toMatchObject({ code: 'conflict' });
  expect(task.all.some(({ asking }) => asking)).toBe(false);
});

test('a server that asks once more is shown, not asked for ever', async () => {
  const task = drawHook(useProvenTask);
  const { work, run } = lasting();
  const wanted = task.now.run(run);
  await expect.poll(() => task.now.asking).toBe(true);
  task.now.goOn();
  expect(await wanted).toBe(false);
  await expect.poll(() => task.now.error).toMatchObject({ code: 'login-again' });
  expect(work.runs).toBe(2);
});
