// Choices of /v1/chat/completions.
import type { AnswerShape } from './answer-shape.ts';
import type { TokenWithTop } from './follow-job.ts';

export const CHAT_SHAPE: AnswerShape = {
  idPrefix: 'chatcmpl-',
  wholeObject: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  opening: (index) => ({
    index,
    delta: { role: 'assistant', content: '', refusal: null },
    logprobs: null,
    finish_reason: null,
  }),
  delta: ({ choice, text, logprobs }) =>
    text === '' && !logprobs?.length
      ? undefined
      : {
          index: choice,
          delta: { content: text },
          logprobs: logprobs?.length ? chatLogprobs(logprobs) : null,
          finish_reason: null,
        },
  finish: (index, reason) => ({ index, delta: {}, logprobs: null, finish_reason: reason }),
  whole: (index, { text, tokens, reason }, hasLogprobs) => ({
    index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: hasLogprobs ? chatLogprobs(tokens) : null,
    finish_reason: reason,
  }),
};

const chatLogprobs = (tokens: readonly TokenWithTop[]): Record<string, unknown> => ({
  content: tokens.map((token) => ({ ...entryOf(token), top_logprobs: token.top.map(entryOf) })),
  refusal: null,
});

function entryOf(token: Pick<TokenWithTop, 'token' | 'bytes' | 'logprob'>): Record<string, unknown> {
  return { token: token.token, bytes: token.bytes ?? bytesOf(token.token), logprob: token.logprob };
}

/** null where a part of a character was decoded to U+FFFD: its bytes cannot be told from the text. */
const bytesOf = (text: string): number[] | null => (text.includes('\uFFFD') ? null : [...Buffer.from(text)]);
