// One lane of control sockets: tabs that come, say what the schema of the protocol allows with hostile values in it, serve now
// and then, and vanish. The schema is walked anew at each message, so a new kind of message is said as well.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { clientMessageSchema, parseServerMessage, type ServerMessage } from '../../protocol/control.ts';
import { ERROR_CODES } from '../../protocol/errors.ts';
import { type Identity, identityOf, newIdentityKeys, serverIdOf, signHello } from '../../protocol/identity.ts';
import { MAX_CONTROL_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { hostileBody } from '../../signaling/control/test-hostile.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';
import { Deck } from './deck.ts';
import { answerOf } from './honest-tab.ts';
import { hostileValue, type JsonSchema, type ValueSource } from './hostile-values.ts';
import type { LaneOptions } from './lane-options.ts';
import { signValues } from './sign-values.ts';
import { writeJson } from './write-json.ts';

/** Every message that a peer may say, by its type. */
export const CLIENT_MESSAGES: ReadonlyMap<string, JsonSchema> = new Map(
  ((z.toJSONSchema(clientMessageSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema).oneOf ?? []).map(
    (schema) => [String(schema.properties?.type?.const), schema],
  ),
);
const TYPES = [...CLIENT_MESSAGES.keys()];

/** Below the pace that a socket is closed for. */
const AT_ONCE = 10;
const PAUSE_MS = 110;
const CLOSING_MS = 15_000;

export async function fuzzControl(lane: LaneOptions, manifest: ModelManifest): Promise<void> {
  const { random, url, findings, address, name } = lane;
  const types = new Deck(TYPES);
  let keys = await newIdentityKeys();
  while (await lane.mayGoOn()) {
    // Who comes again under its key takes the place of itself.
    if (random.next() < 0.8) keys = await newIdentityKeys();
    // A machine with other work may let the challenge's time go by: that says nothing of the server.
    const peer = await TestPeer.join(url, keys, { localAddress: address() }).catch(() => undefined);
    if (!peer) {
      findings.countHeard('no welcome');
      continue;
    }
    findings.countSent(name, 'control hello', peer.peer);
    void peer.closed.then((code) => findings.countHeard(`closed ${code}`));
    const identity = await identityOf(keys);
    lane.known.learn({ peer: peer.peer, server: await serverIdOf(peer.orchestratorKey) });
    peer.socket.on('message', (data) => react(lane, peer, identity, parseServerMessage(data.toString())));
    if (random.next() < 0.6) peer.offer(manifest);
    const messages = random.whole(20, 400);
    for (let sent = 0; sent < messages && (await lane.mayGoOn()); sent++) {
      if (peer.socket.readyState !== peer.socket.OPEN) break;
      await say(lane, peer, identity, types.draw(random));
      if (sent % AT_ONCE === 0) await sleep(PAUSE_MS);
    }
    if (random.next() < 0.5) peer.socket.terminate();
    else peer.socket.close();
  }
}

/** Sockets that never say a good hello. */
export async function fuzzHello(lane: LaneOptions): Promise<void> {
  const { random, url, findings, address, name } = lane;
  while (await lane.mayGoOn()) {
    const peer = new TestPeer(url, { localAddress: address() });
    const { nonce } = await peer.next('challenge');
    lane.known.learn({ nonce });
    const signed = await signHello(await newIdentityKeys(), new URL(url).host, nonce);
    const { peer: _, ...hello } = { type: 'hello', version: PROTOCOL_VERSION, ...signed };
    // One field of a good one is another, or it is any message at all.
    const field = random.pick(['host', 'publicKey', 'signature', 'version']);
    const made = hostileValue(CLIENT_MESSAGES.get('hello')!, sourceOf(lane)) as Record<string, unknown>;
    const text =
      random.next() < 0.6
        ? writeJson({ ...hello, [field]: made?.[field] })
        : await makeText(lane, undefined, random.pick(TYPES));
    findings.countSent(name, 'control hello', String(text));
    peer.sendText(text);
    // The field may have come out as it was: then it is a good one after all.
    const answer = await Promise.race([
      ...[
        peer.closed.then(() => 'closed'),
        peer.next('welcome').then(
          () => 'welcome',
          () => 'no welcome',
        ),
      ],
      sleep(CLOSING_MS, 'no welcome'),
    ]);
    findings.countHeard(`hello ${answer}`);
    if (answer === 'no welcome') findings.fault(name, 'a socket without a good hello stays open');
    peer.socket.terminate();
  }
}

const sourceOf = ({ random, known }: LaneOptions): ValueSource => ({
  ...{ random, known: known.of, maxText: MAX_CONTROL_BYTES + 1000 },
});

async function makeText(lane: LaneOptions, identity: Identity | undefined, type: string): Promise<string | Uint8Array> {
  const { random } = lane;
  const value = hostileValue(CLIENT_MESSAGES.get(type)!, sourceOf(lane));
  if (random.next() < 0.04) return hostileBody(random.next, [value]);
  return writeJson(identity && random.next() < 0.85 ? await signValues(value, identity) : value);
}

async function say(lane: LaneOptions, peer: TestPeer, identity: Identity, type: string): Promise<void> {
  const text = await makeText(lane, identity, type);
  lane.findings.countSent(lane.name, `control ${type}`, String(text));
  if (peer.socket.readyState === peer.socket.OPEN) peer.sendText(text);
}

/** Does now and then what an honest tab would, so that there is a coalition, a job and something to settle. */
function react(lane: LaneOptions, peer: TestPeer, identity: Identity, message: ServerMessage): void {
  const { random, known, findings, name } = lane;
  peer.inbox.length = 0;
  known.learn(message);
  if (message.type === 'error' || message.type === 'ask-refused') {
    const { code } = message.error;
    findings.countHeard(`error ${code}`);
    if (code === 'internal' || !Object.hasOwn(ERROR_CODES, code)) findings.fault(name, `it said ${writeJson(message)}`);
  }
  if (peer.socket.readyState !== peer.socket.OPEN || random.next() < 0.2) return;
  if (message.type === 'coalition' && message.coalition.state === 'forming') {
    const { pool, epoch, seats } = message.coalition;
    if (seats.some((seat) => seat.peer === peer.peer)) peer.send({ type: 'stage-ready', pool, epoch, msPerLayer: 1 });
  } else if (message.type === 'job-start') {
    const events = answerOf(message).filter(() => random.next() < 0.85);
    if (events.length > 0) peer.send({ type: 'job-events', events });
  } else if (message.type === 'receipt-request') void say(lane, peer, identity, 'receipts');
  else if (message.type === 'ask-granted') void say(lane, peer, identity, 'ask-done');
}
