import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { drawHook, held } from './test-page.ts';
import { useTask } from './use-task.ts';

/** Work that ends when the test says so. */
function heldWork() {
  const { promise, resolve, reject } = held();
  return { work: () => promise, end: () => resolve(), fail: reject };
}

test('busy while it runs, and no more when it went well', async () => {
  const task = drawHook(useTask);
  expect(task.now).toMatchObject({ busy: false });
  const { work, end } = heldWork();
  const run = task.now.run(work);
  await expect.poll(() => task.now.busy).toBe(true);
  end();
  expect(await run).toBe(true);
  await expect.poll(() => task.now.busy).toBe(false);
  expect(task.now.error).toBeUndefined();
});

test('a second click while one runs does nothing, even before the first is drawn', async () => {
  const task = drawHook(useTask);
  const { work, end } = heldWork();
  let calls = 0;
  const second = async () => {
    calls += 1;
  };
  const first = task.now.run(work);
  expect(await task.now.run(second)).toBe(false);
  await expect.poll(() => task.now.busy).toBe(true);
  expect(await task.now.run(second)).toBe(false);
  end();
  await first;
  expect(calls).toBe(0);
  expect(await task.now.run(second)).toBe(true);
  expect(calls).toBe(1);
});

test('a failure is shown as a card does, until the next try or until it is cleared', async () => {
  const task = drawHook(useTask);
  const failing = async () => {
    throw new PoolError('conflict', 'The name is taken.', { data: { next: 'Choose another name.' } });
  };
  expect(await task.now.run(failing)).toBe(false);
  const shown = { code: 'conflict', message: 'The name is taken.', next: 'Choose another name.' };
  await expect.poll(() => task.now).toMatchObject({ busy: false, error: shown });
  const { work, end } = heldWork();
  const again = task.now.run(work);
  await expect.poll(() => task.now).toMatchObject({ busy: true });
  expect(task.now.error).toBeUndefined();
  end();
  await again;
  await task.now.run(failing);
  await expect.poll(() => task.now.error).toEqual(shown);
  task.now.clear();
  await expect.poll(() => task.now.error).toBeUndefined();
});

test('work that throws before it is under way is a failure like any other, and the button can be used again', async () => {
  const task = drawHook(useTask);
  const throwing = () => {
    throw new TypeError('no such field');
  };
  expect(await task.now.run(throwing)).toBe(false);
  await expect.poll(() => task.now.error).toMatchObject({ code: 'internal', message: 'no such field' });
  expect(await task.now.run(async () => {})).toBe(true);
});

test('clearing in the middle does not say that nothing runs', async () => {
  const task = drawHook(useTask);
  const { work, end } = heldWork();
  const run = task.now.run(work);
  await expect.poll(() => task.now.busy).toBe(true);
  const drawings = task.all.length;
  task.now.clear();
  await expect.poll(() => task.all.length).toBeGreaterThan(drawings);
  expect(task.now.busy).toBe(true);
  end();
  await run;
  await expect.poll(() => task.now.busy).toBe(false);
});

test('whoever left is drawn no more, and still learns how it went', async () => {
  const task = drawHook(useTask);
  const { work, fail } = heldWork();
  const run = task.now.run(work);
  await expect.poll(() => task.now.busy).toBe(true);
  const drawings = task.all.length;
  task.leave();
  fail(new Error('too late'));
  expect(await run).toBe(false);
  expect(task.all).toHaveLength(drawings);
});
