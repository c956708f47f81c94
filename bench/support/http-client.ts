// The official client as somebody's program runs it: in a process of its own, not on the server's thread. Asks whole and streamed in
// turn, and tells by IPC how long each took and as which job.
import OpenAI from 'openai';

/** What the parent says at the beginning. */
export interface HttpClientOrder {
  baseUrl: string;
  apiKey: string;
  request: { model: string; messages: { role: 'user'; content: string }[]; temperature: number; max_tokens: number };
  rounds: number;
}

/** One request of each kind; times in milliseconds from the call on. */
export interface HttpRound {
  /** A request that no ring and no database answers: what client, HTTP and the machine take alone. */
  bareMs: number;
  wholeMs: number;
  firstMs: number;
  streamMs: number;
  wholeJob: string;
  streamJob: string;
  tokens: number;
}

process.once('message', (order: HttpClientOrder) => {
  ask(order).then(
    () => process.disconnect(),
    (thrown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
});

async function ask({ baseUrl, apiKey, request, rounds }: HttpClientOrder): Promise<void> {
  const client = new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0, timeout: 60_000 });
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    const whole = await client.chat.completions.create(request).withResponse();
    const wholeMs = performance.now() - startedMs;

    const beganMs = performance.now();
    const stream = await client.chat.completions.create({ ...request, stream: true }).withResponse();
    let firstMs = 0;
    for await (const chunk of stream.data) {
      if (firstMs === 0 && chunk.choices[0]?.delta.content) firstMs = performance.now() - beganMs;
    }
    const streamMs = performance.now() - beganMs;
    const jobOf = ({ headers }: Response): string => headers.get('x-computepool-receipt') ?? '';
    const listedMs = performance.now();
    await client.models.list();
    const bareMs = performance.now() - listedMs;
    const told: HttpRound = {
      ...{ bareMs, wholeMs, firstMs, streamMs },
      ...{ wholeJob: jobOf(whole.response), streamJob: jobOf(stream.response) },
      tokens: whole.data.usage!.completion_tokens,
    };
    process.send!(told);
  }
}
