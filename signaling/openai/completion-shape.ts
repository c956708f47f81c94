// Choices of /v1/completions. Its log-probabilities are parallel lists, with offsets into the text.
import type { AnswerShape } from './answer-shape.ts';
import type { TokenWithTop } from './follow-job.ts';

/** One per answer: a stream's offsets go on from chunk to chunk. */
export function createCompletionShape(): AnswerShape {
  const offsets = new Map<number, number>();
  const logprobsOf = (index: number, tokens: readonly TokenWithTop[]): Record<string, unknown> => {
    let at = offsets.get(index) ?? 0;
    const textOffset = tokens.map(({ token }) => {
      const start = at;
      // Characters as OpenAI counts them: code points, not UTF-16 units.
      at += [...token].length;
      return start;
    });
    offsets.set(index, at);
    return {
      tokens: tokens.map(({ token }) => token),
      token_logprobs: tokens.map(({ logprob }) => logprob),
      top_logprobs: tokens.map(topOf),
      text_offset: textOffset,
    };
  };
  return {
    idPrefix: 'cmpl-',
    wholeObject: 'text_completion',
    chunkObject: 'text_completion',
    opening: () => undefined,
    delta: ({ choice, text, logprobs }) =>
      text === '' && !logprobs?.length
        ? undefined
        : {
            index: choice,
            text,
            logprobs: logprobs?.length ? logprobsOf(choice, logprobs) : null,
            finish_reason: null,
          },
    finish: (index, reason) => ({ index, text: '', logprobs: null, finish_reason: reason }),
    whole: (index, { text, tokens, reason }, hasLogprobs) => ({
      index,
      text,
      logprobs: hasLogprobs ? logprobsOf(index, tokens) : null,
      finish_reason: reason,
    }),
  };
}

/** The alternatives and the token itself, which is among them or comes on top. */
function topOf({ token, logprob, top }: TokenWithTop): Record<string, number> {
  const entries = top.map((each) => [each.token, each.logprob] as const);
  // Null prototype: a token may be called `__proto__`.
  return Object.assign(Object.create(null), Object.fromEntries([...entries, [token, logprob]]));
}
