// An attack run: a real server with its usual limits in a process of its own, an attacker in another at 127.0.0.2, and an honest
// program and an honest tab at 127.0.0.1, which are asked the same before, under and, from one address with the attacker,
// after it.
import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { poolIdOf } from '../../protocol/ids.ts';
import { DEFAULT_MODEL } from '../../signaling/config/defaults.ts';
import { CONTROL_PATH } from '../../signaling/control/control-socket.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';
import { manifestOf } from '../../signaling/planner/test-manifest.ts';
import { askHttp } from '../fuzz/ask-http.ts';
import { joinHonestTab } from '../fuzz/honest-tab.ts';
import { newPersona, type Persona } from '../fuzz/persona.ts';
import { startTarget, type TargetState } from '../fuzz/target.ts';
import { ROOT } from '../install/ensure-installed.mjs';
import type { AttackOptions } from './attack-scene.ts';

export interface AttackRunOptions {
  /** Honest requests before and under attack, each. */
  requests: number;
  calmMs: number;
  attackMs: number;
  /** With attacker and honest at one address; 0: not at all. */
  sharedMs: number;
  /** What the ring of the honest pool takes for an answer. */
  answerMs: number;
  onProgress?(text: string): void;
}

interface Counts {
  sent: Record<string, number>;
  heard: Record<string, number>;
}

/** One honest request. */
interface Asked {
  ms: number;
  /** What was wrong with the answer. */
  fault?: string;
}

export interface AttackReport {
  calm: Asked[];
  attacked: Asked[];
  /** Round trips of an honest control socket under attack. */
  beatsMs: number[];
  /** What honest requests from the attacker's own address were refused with, by status; and refusals without a reason. */
  shared: { statuses: Record<string, number>; unreasoned: string[] };
  attacker: Counts;
  sharedAttacker: Counts | undefined;
  faults: string[];
  state: TargetState;
  memoryBytes: { calm: number; attacked: number };
}

const HONEST = '127.0.0.1';
const ATTACKER = '127.0.0.2';
const POOL = poolIdOf(DEFAULT_MODEL);
/** Enough positions that one tab of the usual memory has all its slots. */
const MANIFEST = manifestOf({ maxContext: 2048 });
const TOKENS = 4;
const PATIENCE_MS = 30_000;
const BEAT_MS = 500;
/** In which the attacker's sockets are all there. */
const BEGIN_MS = 2000;
/** Its own machine would run it: here it takes what the server and the honest leave. */
const LOWEST_PRIORITY = 19;

export async function runAttack(options: AttackRunOptions): Promise<AttackReport> {
  const { requests, calmMs, attackMs, sharedMs, answerMs, onProgress } = options;
  const faults: string[] = [];
  const target = await startTarget({ logger: 'error', manifest: MANIFEST }, (what) => faults.push(what));
  const attackers: ChildProcess[] = [];
  try {
    const { url } = target;
    const tab = await joinHonestTab(url, MANIFEST, { answerMs, localAddress: HONEST });
    const person = await newPersona(url, HONEST);
    const ask = (count: number, everyMs: number): Promise<Asked[]> => askEvenly(url, person, count, everyMs);
    // The first answers compile what the later ones run.
    await ask(10, 50);
    const calm = await ask(requests, calmMs / requests);
    const calmBytes = (await target.memory()).heapUsed;
    onProgress?.(`${calm.length} calm requests`);

    const attacker = await beginAttack({ url, address: ATTACKER, pool: POOL, manifest: MANIFEST }, attackers);
    await sleep(BEGIN_MS);
    const beats = beat(await TestPeer.join(url, undefined, { localAddress: HONEST }));
    const attacked = await ask(requests, attackMs / requests);
    const beatsMs = beats.end();
    onProgress?.(`${attacked.length} requests under attack`);
    const counts = await endAttack(attacker);
    const attackedBytes = (await target.memory()).heapUsed;

    let shared: AttackReport['shared'] = { statuses: {}, unreasoned: [] };
    let sharedCounts: Counts | undefined;
    if (sharedMs > 0) {
      const neighbour = await beginAttack({ url, address: HONEST, pool: POOL, manifest: MANIFEST }, attackers);
      await sleep(BEGIN_MS);
      shared = await askAmongAttackers(url, person, sharedMs);
      sharedCounts = await endAttack(neighbour);
    }
    const health = await askHttp({ method: 'GET', url: `${url}/healthz` });
    if (health.status !== 200) faults.push(`/healthz answers ${health.status}`);
    tab.socket.terminate();
    await target.end();
    return {
      ...{ calm, attacked, beatsMs, shared, faults },
      ...{ attacker: counts, sharedAttacker: sharedCounts, state: await target.state() },
      memoryBytes: { calm: calmBytes, attacked: attackedBytes },
    };
  } finally {
    for (const child of attackers) child.kill('SIGKILL');
    await target.close();
  }
}

/** Spread over the time, however long each takes. */
async function askEvenly(url: string, person: Persona, count: number, everyMs: number): Promise<Asked[]> {
  const asked: Promise<Asked>[] = [];
  const beginMs = performance.now();
  for (let at = 0; at < count; at++) {
    await sleep(Math.max(0, beginMs + at * everyMs - performance.now()));
    asked.push(askOnce(url, person));
  }
  return Promise.all(asked);
}

async function askOnce(url: string, { asProgram }: Persona): Promise<Asked> {
  const beginMs = performance.now();
  const body = JSON.stringify({
    ...{ model: DEFAULT_MODEL.repo, messages: [{ role: 'user', content: 'hi there' }], max_tokens: TOKENS },
  });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const question = { method: 'POST', url: `${url}/v1/chat/completions`, headers: asProgram, body, signal };
  const answer = await askHttp({ ...question, localAddress: HONEST }).catch((error: Error) => error);
  const ms = performance.now() - beginMs;
  if (answer instanceof Error) return { ms, fault: `no answer: ${answer.message}` };
  const isRight = answer.status === 200 && answer.text.includes(`"content":"${'w'.repeat(TOKENS)}"`);
  return isRight ? { ms } : { ms, fault: `${answer.status}: ${answer.text.slice(0, 500)}` };
}

/** Until it is ended. */
function beat(peer: TestPeer): { end(): number[] } {
  const times: number[] = [];
  peer.socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as { type: string; at?: number };
    peer.inbox.length = 0;
    if (message.type === 'heartbeat-ack') times.push(performance.now() - (message.at ?? 0));
  });
  const timer = setInterval(() => {
    peer.send({ type: 'heartbeat', at: performance.now(), sessions: 0, tokens: 0 });
  }, BEAT_MS);
  return {
    end() {
      clearInterval(timer);
      peer.socket.terminate();
      return times;
    },
  };
}

/** Requests with a key, without one, and for a socket, all from where the attack comes from. */
async function askAmongAttackers(
  url: string,
  { asProgram }: Persona,
  durationMs: number,
): Promise<AttackReport['shared']> {
  const statuses: Record<string, number> = {};
  const unreasoned: string[] = [];
  const beginMs = performance.now();
  const hear = (what: string, status: number, reason: string): void => {
    const kind = `${what} ${status}`;
    statuses[kind] = (statuses[kind] ?? 0) + 1;
    const isReasoned = status < 300 || status === 101 || (status === 429 && reason.length > 20);
    if (!isReasoned) unreasoned.push(`${kind}: ${reason.slice(0, 200)}`);
  };
  while (performance.now() - beginMs < durationMs) {
    for (const headers of [asProgram, {}] as Record<string, string>[]) {
      const what = 'authorization' in headers ? 'with a key' : 'without a key';
      const path = 'authorization' in headers ? '/v1/models' : '/api/pools';
      const { status, text } = await askHttp({ method: 'GET', url: url + path, headers, localAddress: HONEST });
      hear(what, status, text);
    }
    const { status, text } = await openSocket(url);
    hear('socket', status, text);
    await sleep(200);
  }
  return { statuses, unreasoned };
}

const openSocket = (url: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws') + CONTROL_PATH, { localAddress: HONEST });
    socket.once('open', () => {
      socket.terminate();
      resolve({ status: 101, text: '' });
    });
    socket.once('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    socket.once('error', () => {});
  });

async function beginAttack(options: AttackOptions, attackers: ChildProcess[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./attacker.ts', import.meta.url)), [JSON.stringify(options)], {
    ...{ cwd: ROOT, execArgv: ['--import', 'tsx'] },
  });
  attackers.push(child);
  setPriority(child.pid!, LOWEST_PRIORITY);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The attacker ended with ${code}.`)));
  });
  return child;
}

async function endAttack(child: ChildProcess): Promise<Counts> {
  const answered = new Promise<Counts>((resolve, reject) => {
    child.once('message', (counts) => resolve(counts as Counts));
    child.once('exit', (code) => reject(new Error(`The attacker ended with ${code}.`)));
  });
  child.send('end');
  return answered;
}
