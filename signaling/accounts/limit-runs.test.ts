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
  const limited = limitRuns({ atOnce: 2, waiting: 3, waitingOfPlace: 3 });
  const results = [1, 2, 3, 4, 5, 6].map((id) =>
    limited('a', job(id)).then(
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
  const limited = limitRuns({ atOnce: 1, waiting: 0, waitingOfPlace: 0 });
  expect(await limited('a', async () => 'a')).toBe('a');
  expect(await limited('a', async () => 'b')).toBe('b');
  const long = limited('a', () => new Promise((resolve) => setImmediate(resolve)));
  await expect(limited('a', async () => 'c')).rejects.toMatchObject({ code: 'rate-limited' });
  await long;
  expect(await limited('a', async () => 'd')).toBe('d');
});

test('G16: addresses take turns, and one fills its part of the line alone', async () => {
  const { state, job } = workshop();
  const limited = limitRuns({ atOnce: 2, waiting: 10, waitingOfPlace: 4 });
  const code = (run: Promise<unknown>) => run.then(String, (error) => error.code);
  // Seven of one address: two begin, four wait, one is refused. Then one each of two others.
  const many = [10, 11, 13, 14, 16, 17, 19].map((id) => code(limited('many', job(id))));
  const others = [20, 22].map((id) => code(limited(`other ${id}`, job(id))));
  expect(await many.at(-1)).toBe('rate-limited');
  for (let ended = 0; ended < 8; ended += 1) {
    state.ends[ended]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all([...many, ...others])).toEqual([10, 11, 13, 14, 16, 17, 'rate-limited', 20, 22].map(String));
  expect(state.started).toEqual([10, 11, 20, 22, 13, 14, 16, 17]);
});
