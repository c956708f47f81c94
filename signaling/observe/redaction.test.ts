// The whole server in a process of its own, told secrets in every place where one could be put: none comes out in its log.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TestPeer } from '../control/test-peer.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const MARKER = 'xyzzy-marker-4711';
const START_MS = 60_000;

const PLACES: readonly [method: string, path: string, body?: unknown][] = [
  ['GET', `/?q=${MARKER}`],
  ['GET', `/${MARKER}`],
  ['GET', `/api/${MARKER}?prompt=${MARKER}`],
  ['GET', `/api/pools/${MARKER}/state`],
  ['GET', `/models/a/b/resolve/main/${MARKER}`],
  ['GET', `/v1/models/${MARKER}`],
  ['POST', '/v1/chat/completions', { model: MARKER, messages: [{ role: 'user', content: MARKER }] }],
  ['POST', '/v1/completions', { model: 'computepool/guide-4m', prompt: MARKER }],
  ['POST', '/v1/chat/completions', { model: 'computepool/guide-4m', messages: [{ role: MARKER, content: MARKER }] }],
  ['POST', '/api/account', { name: MARKER, password: `${MARKER}-password` }],
  ['POST', '/api/account/login', { name: MARKER, password: `${MARKER}-password` }],
  ['POST', '/api/pools', { repo: `a/${MARKER}`, dtype: 'q4' }],
];

it('the log holds no text, key, cookie, query or name', { timeout: 2 * START_MS }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'computepool-redaction-'));
  const args = ['--no-site', '--port', '0', '--data-dir', dataDir, '--log-level', 'trace'];
  const env = {
    ...process.env,
    COMPUTEPOOL_METRICS_TOKEN: `${MARKER}-token`,
    COMPUTEPOOL_METRICS: 'token',
    ICE_SERVERS: JSON.stringify([{ urls: 'turn:t.example', username: 'u', credential: MARKER }]),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { env });
  try {
    const exited = once(child, 'exit');
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
    await expect.poll(() => said, { timeout: START_MS, interval: 100 }).toMatch(/serves at http:\S+/);
    const url = /serves at (http:\S+)/.exec(said)?.[1] as string;
    for (const [method, path, body] of PLACES) {
      const headers = {
        authorization: `Bearer ${MARKER}`,
        cookie: `cp_session=${MARKER}`,
        'x-marker': MARKER,
        'user-agent': MARKER,
        'content-type': 'application/json',
      };
      const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      await response.text();
    }
    const peer = await TestPeer.join(url);
    peer.sendText(MARKER);
    peer.sendText(JSON.stringify({ type: MARKER }));
    const error = { code: 'internal', message: `it read ${MARKER}`, data: { [MARKER]: MARKER } };
    peer.sendText(JSON.stringify({ type: 'stage-failed', pool: MARKER, epoch: 1, error }));
    peer.send({ type: 'heartbeat', at: 7, sessions: 0, tokens: 0 });
    await peer.next('heartbeat-ack', ({ at }) => at === 7);
    peer.socket.close();
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(said, 'there is a log to look at').toContain('peer joined');
    expect(said).not.toContain(MARKER);
  } finally {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
});
