import { expect, test } from 'vitest';
import { OthersTurn } from './others-turn.ts';

test('tasks that wait have their turn between long runs, and none between short ones', async () => {
  let nowMs = 0;
  const turn = new OthersTurn(() => nowMs);
  let isHeard = false;
  setTimeout(() => {
    isHeard = true;
  }, 0);
  for (let run = 0; run < 5; run += 1) {
    nowMs += 9;
    await turn.give();
  }
  expect(isHeard).toBe(false);
  nowMs += 9;
  await turn.give();
  expect(isHeard).toBe(true);
});
