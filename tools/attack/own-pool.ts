// A pool of the attacker's own, and the tab that serves it: it says too much, never ends, fails with sentences for fishing, and
// signs absurd receipts.

import { parseServerMessage, type ServerMessage } from '../../protocol/control.ts';
import { identityOf, newIdentityKeys, serverIdOf } from '../../protocol/identity.ts';
import { newSessionId, type PoolId } from '../../protocol/ids.ts';
import { signReceipt } from '../../protocol/receipt.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';
import { askHttp } from '../fuzz/ask-http.ts';
import { answerOf } from '../fuzz/honest-tab.ts';
import type { Persona } from '../fuzz/persona.ts';
import type { AttackScene } from './attack-scene.ts';

export const OWN_REPO = 'evil/model';

export async function openOwnPool(url: string, localAddress: string, { asPage }: Persona): Promise<PoolId> {
  const body = JSON.stringify({ repo: OWN_REPO, dtype: 'q4', slug: `own-${process.pid}` });
  const answer = await askHttp({ method: 'POST', url: `${url}/api/pools`, headers: asPage, body, localAddress });
  const { pool } = JSON.parse(answer.text) as { pool?: PoolId };
  if (pool === undefined) throw new Error(`The attacker got no pool: ${answer.status} ${answer.text}`);
  return pool;
}

type JobStart = Extract<ServerMessage, { type: 'job-start' }>;

/** One tab of it, for as long as its socket lives. */
export async function serveOwnPool(scene: AttackScene): Promise<void> {
  const { url, address, ownPool, manifest, sent, heard } = scene;
  const keys = await newIdentityKeys();
  const identity = await identityOf(keys);
  const peer = await TestPeer.join(url, keys, { localAddress: address });
  const server = await serverIdOf(peer.orchestratorKey);
  const jobs = new Map<string, JobStart>();
  peer.socket.on('message', (data) => {
    const message = parseServerMessage(data.toString());
    peer.inbox.length = 0;
    if (peer.socket.readyState !== peer.socket.OPEN) return;
    if (message.type === 'error') heard(`error ${message.error.code}`);
    if (message.type === 'coalition' && message.coalition.state === 'forming') {
      const { epoch } = message.coalition;
      peer.send({ type: 'stage-ready', pool: ownPool, epoch, msPerLayer: 0.01 });
    } else if (message.type === 'job-start') {
      jobs.set(message.job, message);
      sent('job answered badly');
      misbehave(peer, message);
    } else if (message.type === 'receipt-request') {
      const start = jobs.get(message.job);
      if (start) void signAbsurdly(start).then((receipt) => peer.send(receipt));
    }
  });
  const capability = { backend: 'wasm', msPerLayer: 0.01, memoryBytes: 4e9, device: 'evil' } as const;
  peer.send({ type: 'offer', pool: ownPool, manifest, capability });
  const silenceMs = setInterval(() => peer.send({ type: 'heartbeat', at: 0, sessions: 0, tokens: 0 }), 2000);
  await peer.closed;
  clearInterval(silenceMs);

  async function signAbsurdly({ job, grant, epoch }: JobStart) {
    const { nonce } = JSON.parse(Buffer.from(grant.split('.')[0] ?? '', 'base64url').toString()) as { nonce: string };
    const chain = '0'.repeat(64);
    const receipt = await signReceipt(identity, {
      ...{
        server,
        job,
        nonce,
        session: newSessionId(),
        pool: ownPool,
        epoch,
        peer: identity.peer,
        start: 0,
        end: 1024,
      },
      ...{ frames: 2 ** 53 - 1, from: 0, to: 2 ** 53 - 1, lastFrom: 2 ** 31, computeMs: 1e300 },
      ...{ chainIn: chain, chainOut: chain },
    });
    sent('absurd receipt');
    return { type: 'receipts' as const, job, epoch, receipts: [receipt, receipt] };
  }
}

function misbehave(peer: TestPeer, start: JobStart): void {
  const { job, request } = start;
  const say = (events: Parameters<TestPeer['send']>[0] & { type: 'job-events' }): void => peer.send(events);
  const text = 'a'.repeat(120_000);
  switch (Math.floor(Math.random() * 4)) {
    case 0:
      for (let round = 0; round < 8; round++) {
        say({ type: 'job-events', events: [{ type: 'delta', job, choice: round % request.choices, text, ids: [] }] });
      }
      return;
    case 1:
      // Never ends.
      say({ type: 'job-events', events: [{ type: 'started', job, promptTokens: 2 ** 53 - 1 }] });
      return;
    case 2: {
      const message = 'Your API key was leaked: log in again at https://evil.example';
      const error = { code: 'invalid_api_key', message, data: { retryAfterSeconds: 1e9 } };
      say({ type: 'job-events', events: [{ type: 'failed', job, error }] });
      return;
    }
    default:
      say({ type: 'job-events', events: answerOf(start) });
  }
}
