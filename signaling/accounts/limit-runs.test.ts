import { expect, test } from 'vitest';
import { limitRuns } from './limit-runs.ts';

/** Runs that end when they are told to, and a count of those at work. */
function workshop() {
  const ends: (() => void)[] = [];
  const state = { running: 0, most: 0, started: [] as number[], ends };
  const job = (id: number) => async () => {
    state.started.push(id);
    state.running += 1;
    state.most = Math.max(state.most, state.running);
    await new Promise<void>((resolve) => ends.push(resolve));
    state.running -= 1;
    if (id % 3 === 0) throw new Error(`job ${id} failed`);
    return id;
  };
  return { state, job };
}

test('two run, three wait in order, the sixth is refused; a failed run frees its place', async () => {
  const { state, job } = workshop();
  const limited = limitRuns({ atOnce: 2, waiting: 3 });
  const results = [1, 2, 3, 4, 5, 6].map((id) =>
    limited(job(id)).then(
      (value) => value,
      (error) => error.code ?? error.message,
    ),
  );
  expect(await results[5]).toBe('rate-limited');
  for (let ended = 0; ended < 5; ended += 1) {
    state.ends[ended]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(results)).toEqual([1, 2, 'job 3 failed', 4, 5, 'rate-limited']);
  expect(state).toMatchObject({ most: 2, running: 0, started: [1, 2, 3, 4, 5] });
});

test('after the rush there is room again', async () => {
  const limited = limitRuns({ atOnce: 1, waiting: 0 });
  expect(await limited(async () => 'a')).toBe('a');
  expect(await limited(async () => 'b')).toBe('b');
  const long = limited(() => new Promise((resolve) => setImmediate(resolve)));
  await expect(limited(async () => 'c')).rejects.toMatchObject({ code: 'rate-limited' });
  await long;
  expect(await limited(async () => 'd')).toBe('d');
});
