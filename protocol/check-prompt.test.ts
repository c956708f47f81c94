// The edge between a prompt that leaves room for one token and one that leaves none, and what is said of it.
import { expect, test } from 'vitest';
import { checkPrompt } from './check-prompt.ts';
import { PoolError } from './errors.ts';

function refusal(promptTokens: number, maxContext: number): PoolError | undefined {
  try {
    checkPrompt(promptTokens, maxContext);
    return undefined;
  } catch (error) {
    return error as PoolError;
  }
}

test.each([
  [1, 2],
  [1, 8192],
  [8191, 8192],
])('%i tokens of %i leave room for an answer', (promptTokens, maxContext) => {
  expect(refusal(promptTokens, maxContext)).toBeUndefined();
});

test.each([
  [2, 2],
  [8192, 8192],
  [8193, 8192],
  [Number.MAX_SAFE_INTEGER, 2048],
])('%i tokens of %i leave none, and whoever asked learns both numbers', (promptTokens, maxContext) => {
  const error = refusal(promptTokens, maxContext);
  expect(error).toBeInstanceOf(PoolError);
  expect(error).toMatchObject({ code: 'context-exceeded', data: { promptTokens, maxContext } });
  // Clients of OpenAI's API look for these very words.
  expect(error!.message).toMatch(
    new RegExp(`^This model's maximum context length is ${maxContext} tokens\\. However, `),
  );
  expect(error!.message).toContain(`${promptTokens} tokens`);
});

test.each([1, 2048])('nothing is nothing to answer, in a context of %i', (maxContext) => {
  expect(refusal(0, maxContext)).toMatchObject({ code: 'prompt-empty' });
});

test('it crosses a worker and comes back as it was', () => {
  const error = refusal(10, 10)!;
  const back = PoolError.from(structuredClone(error.toShape()));
  expect(back).toMatchObject({ code: error.code, message: error.message, data: error.data });
});
