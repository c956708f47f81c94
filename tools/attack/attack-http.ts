// Ten lanes of HTTP: keys and passwords that are guessed, uploads, batches, prompts and nesting of any size, pools of nonsense,
// and requests to the attacker's own pool.
import { askHttp, type HttpAnswer } from '../fuzz/ask-http.ts';
import { type AttackScene, again } from './attack-scene.ts';

type Act = (scene: AttackScene, post: Post) => Promise<HttpAnswer>;
type Post = (path: string, headers: Record<string, string>, body: string) => Promise<HttpAnswer>;

const JSON_TYPE = { 'content-type': 'application/json' };
const PATIENCE_MS = 10_000;

const chat = (model: string, content: string, more: object = {}): string =>
  JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 64, ...more });

const ACTS: Record<string, Act> = {
  'wrong key': ({ pool }, post) =>
    post('/v1/chat/completions', { ...JSON_TYPE, authorization: `Bearer cp-${Math.random()}` }, chat(pool, 'hi')),
  'log-in guess': ({ url }, post) =>
    post(
      '/api/account/login',
      { ...JSON_TYPE, origin: url },
      JSON.stringify({ name: 'honest', password: `${Math.random()}` }),
    ),
  'own pool': ({ ownPool, persona }, post) =>
    post('/v1/chat/completions', persona.asProgram, chat(ownPool, 'hi', { stream: Math.random() < 0.5, n: 4 })),
  'honest pool': ({ pool, persona }, post) => post('/v1/chat/completions', persona.asProgram, chat(pool, 'hi')),
  'huge prompt': ({ pool, persona }, post) =>
    post('/v1/chat/completions', persona.asProgram, chat(pool, 'x '.repeat(500_000))),
  'largest prompt that is taken': ({ pool, persona }, post) =>
    post('/v1/chat/completions', persona.asProgram, chat(pool, 'x'.repeat(130_000))),
  'nested JSON': ({ persona }, post) => post('/v1/completions', persona.asProgram, '['.repeat(1_000_000)),
  'pool of nonsense': ({ persona }, post) =>
    post(
      '/api/pools',
      persona.asPage,
      JSON.stringify({ repo: `evil/${Math.floor(Math.random() * 1e6)}`, dtype: 'q4' }),
    ),
  upload: (scene, post) => upload(scene, post, 4_000_000),
  batch: async (scene, post) => {
    const uploaded = await upload(scene, post, 20_000);
    const { id } = JSON.parse(uploaded.text) as { id?: string };
    const batch = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    const webhook = 'https://evil.invalid/hook';
    return post('/v1/batches', scene.persona.asProgram, JSON.stringify({ ...batch, webhook }));
  },
};

export function attackHttp(scene: AttackScene): void {
  const { url, address, sent, heard } = scene;
  const post: Post = async (path, headers, body) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await askHttp({ method: 'POST', url: url + path, headers, body, localAddress: address, signal });
    heard(`${answer.status}`);
    if (answer.text.includes('evil.example')) heard('its own words, from the server');
    return answer;
  };
  for (const [kind, act] of Object.entries(ACTS)) {
    void again(scene, async () => {
      sent(kind);
      await act(scene, post);
    });
  }
}

/** Lines that are requests to the honest pool. */
async function upload({ pool, persona }: AttackScene, post: Post, bytes: number): Promise<HttpAnswer> {
  const body = JSON.parse(chat(pool, 'x'.repeat(1000))) as object;
  const lines: string[] = [];
  for (let at = 0; at * 1200 < bytes; at++) {
    lines.push(JSON.stringify({ custom_id: `${at}`, method: 'POST', url: '/v1/chat/completions', body }));
  }
  const boundary = 'attack';
  const part = (name: string, more: string, text: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
  const form = part('purpose', '', 'batch') + part('file', '; filename="x.jsonl"', lines.join('\n'));
  const headers = { ...persona.asProgram, 'content-type': `multipart/form-data; boundary=${boundary}` };
  return post('/v1/files', headers, `${form}--${boundary}--\r\n`);
}
