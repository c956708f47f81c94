// Code that asks this network through the usual OpenAI clients. Pure text; a person copies it, nothing runs it here.

export const SNIPPET_LANGUAGES = ['python', 'js', 'curl'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

export const SNIPPET_NAMES: Record<SnippetLanguage, string> = { python: 'Python', js: 'JavaScript', curl: 'curl' };

interface SnippetFields {
  /** The site's own address, e.g. `https://pool.example`; the API is below `/v1`. */
  origin: string;
  /** Name of the pool, as `/v1/models` lists it. */
  model: string;
  key: string;
}

const QUESTION = 'What is a coalition?';
/** Literals of JSON are literals of Python and JavaScript too. */
const quote = (text: string): string => JSON.stringify(text);
/** Inside single quotes a shell takes everything but the quote itself. */
const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const WRITERS: Record<SnippetLanguage, (fields: SnippetFields) => string> = {
  python: ({ origin, model, key }) =>
    `from openai import OpenAI

client = OpenAI(base_url=${quote(`${origin}/v1`)}, api_key=${quote(key)})
stream = client.chat.completions.create(
    model=${quote(model)},
    messages=[{"role": "user", "content": ${quote(QUESTION)}}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
`,
  js: ({ origin, model, key }) =>
    `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${quote(`${origin}/v1`)}, apiKey: ${quote(key)} });
const stream = await client.chat.completions.create({
  model: ${quote(model)},
  messages: [{ role: 'user', content: ${quote(QUESTION)} }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
`,
  curl: ({ origin, model, key }) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: QUESTION }], stream: true });
    return `curl -N ${shellQuote(`${origin}/v1/chat/completions`)} \\
  -H ${shellQuote(`Authorization: Bearer ${key}`)} \\
  -H 'Content-Type: application/json' \\
  -d ${shellQuote(body)}
`;
  },
};

/** A whole program that streams one answer. */
export const writeSnippet = (language: SnippetLanguage, fields: SnippetFields): string => WRITERS[language](fields);
