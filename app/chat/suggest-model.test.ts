import { expect, test } from 'vitest';
import { suggestModels } from './suggest-model.ts';

const suggested = (deviceMemory: number, hasGpu: boolean) =>
  suggestModels({ deviceMemory }, hasGpu).map(({ name, devices }) => `${name} ${devices}`);

test('a device is told the largest model that it holds alone, and the next larger one', () => {
  expect(suggested(8, true)).toEqual(['Qwen3 4B 1']);
  expect(suggested(4, true)).toEqual(['Qwen3 1.7B 1', 'Qwen3 4B 2']);
  expect(suggested(4, false)).toEqual(['Qwen3 0.6B 1', 'Qwen3 1.7B 2']);
});

test('one that holds none alone is told the smallest with its friends', () => {
  expect(suggested(1, false)).toEqual(['Qwen3 0.6B 3']);
});

test('nothing is suggested that it would take a crowd for', () => {
  expect(suggested(0.25, false)).toEqual([]);
});
