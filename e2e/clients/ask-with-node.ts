// The clients for Node that are not OpenAI's own, each asked the same: whole, streamed, and for a prompt that is too long.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { APICallError, generateText, streamText } from 'ai';

export interface Asked {
  baseUrl: string;
  apiKey: string;
  model: string;
  question: string;
  tooLong: string;
  seed: number;
  maxTokens: number;
}

export interface Told {
  text: string;
  streamed: string;
  /** What a prompt that is too long ended with: status, and the server's code. */
  tooLong: string;
}

export async function askWithAiSdk(asked: Asked): Promise<Told> {
  const provider = createOpenAICompatible({ name: 'pool', baseURL: asked.baseUrl, apiKey: asked.apiKey });
  const how = {
    model: provider(asked.model),
    ...{ temperature: 0, seed: asked.seed, maxOutputTokens: asked.maxTokens, maxRetries: 2 },
  };
  const { text } = await generateText({ ...how, prompt: asked.question });
  let streamed = '';
  for await (const delta of streamText({ ...how, prompt: asked.question }).textStream) streamed += delta;
  let tooLong = 'was taken';
  const onError = ({ error }: { error: unknown }): void => {
    if (!APICallError.isInstance(error)) throw error;
    const { code } = (JSON.parse(error.responseBody ?? '{}') as { error?: { code?: string } }).error ?? {};
    tooLong = `${error.statusCode} ${code}${error.isRetryable ? ' and may be tried again' : ''}`;
  };
  for await (const _ of streamText({ ...how, prompt: asked.tooLong, onError }).textStream);
  return { text, streamed, tooLong };
}

export async function askWithLangChain(asked: Asked): Promise<Told> {
  const model = new ChatOpenAI({
    ...{ model: asked.model, apiKey: asked.apiKey, configuration: { baseURL: asked.baseUrl } },
    ...{ temperature: 0, maxTokens: asked.maxTokens, maxRetries: 2, modelKwargs: { seed: asked.seed } },
  });
  const { content } = await model.invoke(asked.question);
  let streamed = '';
  for await (const chunk of await model.stream(asked.question)) streamed += String(chunk.content);
  const tooLong = await model.stream(asked.tooLong).then(
    () => 'was taken',
    // Its own error for a conversation that it should shorten, around the client's.
    ({ name, cause }: Error & { cause?: { status?: number } }) => `${cause?.status} ${name}`,
  );
  return { text: String(content), streamed, tooLong };
}
