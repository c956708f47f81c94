// Fifty sockets: tabs that lie, watch, ask, flap and flood, and clients of the connection broker.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { parseServerMessage } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { PEERJS_PATH } from '../../signaling/control/peer-broker.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';
import { type AttackScene, again } from './attack-scene.ts';
import { serveOwnPool } from './own-pool.ts';

const CAPABILITY = { backend: 'webgpu', msPerLayer: 0.01, memoryBytes: 4e9, device: 'd'.repeat(400) } as const;
/** A socket lives so long before its place is taken by another. */
const LIFE_MS = 20_000;

const anyPool = (): PoolId => `evil-${Math.floor(Math.random() * 1000)}/model@main:q4` as PoolId;
const anyId = (): string => randomBytes(16).toString('hex');

/** Sums to fifty. */
const SOCKETS: readonly [number, (scene: AttackScene) => Promise<void>][] = [
  [6, lie],
  [6, watch],
  [8, ask],
  [6, flap],
  [5, (scene) => flood(scene, 95)],
  [3, (scene) => flood(scene, 400)],
  [6, squat],
  // Each has two.
  [3, mail],
  [4, serveOwnPool],
];

export function attackSockets(scene: AttackScene): void {
  for (const [count, act] of SOCKETS) {
    for (let socket = 0; socket < count; socket++) void again(scene, () => act(scene));
  }
}

/** A welcomed tab for a while; `each` is called again and again, `everyMs`. */
async function live(
  { url, address, heard, isOver }: AttackScene,
  everyMs: number,
  each: (peer: TestPeer) => void,
  onJoin: (peer: TestPeer) => void = () => {},
): Promise<void> {
  const peer = await TestPeer.join(url, undefined, { localAddress: address });
  void peer.closed.then((code) => heard(`closed ${code}`));
  peer.socket.on('message', (data) => {
    peer.inbox.length = 0;
    const message = parseServerMessage(data.toString());
    if (message.type === 'error' || message.type === 'ask-refused') heard(`error ${message.error.code}`);
  });
  onJoin(peer);
  const untilMs = performance.now() + LIFE_MS;
  while (performance.now() < untilMs && peer.socket.readyState === peer.socket.OPEN && !isOver()) {
    each(peer);
    await sleep(everyMs);
  }
  peer.socket.terminate();
}

/** Says of a model what it is not; and opens pools, one after another. */
function lie(scene: AttackScene): Promise<void> {
  const { sent, pool, manifest } = scene;
  const wrong = [
    { ...manifest, layers: 1024, layerBytes: Array.from({ length: 1024 }, () => 2 ** 53 - 1) },
    { ...manifest, graphSha256: 'f'.repeat(64) },
    { ...manifest, maxContext: 1 },
  ];
  return live(scene, 60, (peer) => {
    sent('offer');
    const isMade = Math.random() < 0.5;
    const lied = wrong[Math.floor(Math.random() * wrong.length)]!;
    peer.send({
      ...{ type: 'offer', capability: CAPABILITY, pool: isMade ? anyPool() : pool },
      manifest: isMade && Math.random() < 0.5 ? manifest : lied,
    });
  });
}

function watch(scene: AttackScene): Promise<void> {
  return live(scene, 40, (peer) => {
    scene.sent('watch');
    peer.send({ type: 'watch', pool: Math.random() < 0.2 ? scene.pool : anyPool() });
  });
}

/** Takes what there is to take and gives it back late, or never. */
function ask(scene: AttackScene): Promise<void> {
  let number = 0;
  return live(scene, 60, (peer) => {
    number += 1;
    scene.sent('ask');
    peer.send({ type: 'ask', ask: number, pool: scene.pool, promptTokens: 8, maxTokens: 64 });
    if (Math.random() < 0.4) peer.send({ type: 'ask-cancel', ask: Math.floor(Math.random() * number) });
  });
}

async function flap(scene: AttackScene): Promise<void> {
  const { url, address, manifest, sent } = scene;
  const peer = await TestPeer.join(url, undefined, { localAddress: address });
  for (let round = 0; round < 20 && peer.socket.readyState === peer.socket.OPEN; round++) {
    sent('flap');
    peer.send({ type: 'offer', pool: anyPool(), manifest, capability: CAPABILITY });
    await sleep(25);
    peer.send({ type: 'leave' });
    await sleep(25);
  }
  peer.socket.terminate();
}

function flood(scene: AttackScene, perSecond: number): Promise<void> {
  const atOnce = perSecond / 20;
  const rtts = Array.from({ length: 64 }, () => ({ peer: anyId() as never, ms: 1 }));
  return live(scene, 50, (peer) => {
    for (let round = 0; round < atOnce; round++) {
      scene.sent('flood');
      peer.send({ type: 'heartbeat', at: 2 ** 53, sessions: 2 ** 53 - 1, tokens: 0, rtts });
    }
  });
}

/** Ids of others, with tokens that nobody gave it. */
async function squat({ url, address, sent, heard }: AttackScene): Promise<void> {
  for (const id of [anyId(), 'peerjs', 'a'.repeat(32)]) {
    const query = new URLSearchParams({ key: 'peerjs', id, token: anyId() + anyId() });
    const socket = new WebSocket(`${url.replace('http', 'ws')}${PEERJS_PATH}/peerjs?${query}`, {
      localAddress: address,
    });
    sent('broker id squatted');
    socket.on('error', (error) => heard(error.message));
    socket.on('message', (data) => heard(`broker ${String(data).slice(0, 60)}`));
    await new Promise((resolve) => socket.once('close', resolve));
    await sleep(500);
  }
}

/** Mail to nobody, of the largest kind, as fast as it is taken. */
async function mail(scene: AttackScene): Promise<void> {
  const { url, address, sent, heard, isOver } = scene;
  const {
    peer: id,
    brokerToken: token,
    socket: control,
  } = await TestPeer.join(url, undefined, { localAddress: address });
  const query = new URLSearchParams({ key: 'peerjs', id, token });
  const socket = new WebSocket(`${url.replace('http', 'ws')}${PEERJS_PATH}/peerjs?${query}`, { localAddress: address });
  socket.on('error', () => heard('broker error'));
  await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
  // The seat of a socket that only lends its token is another's.
  const untilMs = performance.now() + LIFE_MS;
  const payload = { sdp: 'x'.repeat(15_000) };
  while (socket.readyState === socket.OPEN && performance.now() < untilMs && !isOver()) {
    for (let round = 0; round < 9; round++) socket.send(JSON.stringify({ type: 'OFFER', dst: anyId(), payload }));
    sent('broker mail');
    await sleep(100);
  }
  socket.terminate();
  control.terminate();
}
