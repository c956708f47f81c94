// One lane of the connection broker: clients with good and bad tokens, and messages to who is there and who is not.
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import * as z from 'zod/mini';
import { brokerMessageSchema, brokerQuerySchema, PEERJS_PATH } from '../../signaling/control/peer-broker.ts';
import { hostileBody } from '../../signaling/control/test-hostile.ts';
import { TestPeer } from '../../signaling/control/test-peer.ts';
import { hostileValue, type JsonSchema, type ValueSource, validValue } from './hostile-values.ts';
import type { LaneOptions } from './lane-options.ts';
import { writeJson } from './write-json.ts';

const MESSAGE = z.toJSONSchema(brokerMessageSchema, { io: 'input' }) as JsonSchema;
const QUERY = z.toJSONSchema(brokerQuerySchema, { io: 'input' }) as JsonSchema;
/** What it may say, as PeerJS 1.5 knows it. */
const WORDS = new Set(['OPEN', 'ERROR', 'ID-TAKEN', 'OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE']);
/** Above what a message may have. */
const MAX_TEXT = 40_000;
const AT_ONCE = 20;
const PAUSE_MS = 150;
const JOIN_TRIES = 3;

/** On a busy machine this process itself may answer the challenge too late; three times in a row is the server's fault. */
async function join(url: string, localAddress: string): Promise<TestPeer> {
  for (let left = JOIN_TRIES; ; left -= 1) {
    try {
      return await TestPeer.join(url, undefined, { localAddress });
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

export async function fuzzBroker(lane: LaneOptions): Promise<void> {
  const { random, url, findings, known, address, name } = lane;
  const source: ValueSource = { random, known: known.of, maxText: MAX_TEXT };
  while (await lane.mayGoOn()) {
    const localAddress = address();
    const { peer: id, brokerToken: token, socket: control } = await join(url, localAddress);
    known.learn({ dst: id });
    const isGood = random.next() < 0.8;
    const made = isGood
      ? { key: 'peerjs', id, token }
      : { key: 'peerjs', id, token, ...fields(hostileValue(QUERY, source)) };
    const query = new URLSearchParams(Object.entries(made).map(([key, one]) => [key, plain(one).slice(0, 2000)]));
    const broker = new WebSocket(`${url.replace('http', 'ws')}${PEERJS_PATH}/peerjs?${query}`, { localAddress });
    broker.on('error', () => {});
    broker.on('message', (data) => {
      const { type } = JSON.parse(data.toString()) as { type: string };
      findings.countHeard(`broker ${type}`);
      if (!WORDS.has(type)) findings.fault(name, `the broker said ${data}`);
    });
    await new Promise<void>((resolve) => {
      broker.once('open', () => resolve());
      broker.once('close', () => resolve());
    });
    findings.countSent(name, isGood ? 'broker good token' : 'broker bad token', `${query}`);
    const messages = random.whole(20, 200);
    for (let sent = 0; sent < messages && broker.readyState === broker.OPEN && (await lane.mayGoOn()); sent++) {
      const value = random.next() < 0.7 ? validValue(MESSAGE, source) : hostileValue(MESSAGE, source);
      const text = random.next() < 0.05 ? hostileBody(random.next, [value]) : writeJson(value);
      findings.countSent(name, kindOf(value), String(text));
      broker.send(text);
      if (sent % AT_ONCE === 0) await sleep(PAUSE_MS);
    }
    broker.terminate();
    control.terminate();
  }
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : writeJson(value));

const kindOf = (value: unknown): string => {
  const { type } = fields(value);
  return `broker ${typeof type === 'string' && WORDS.has(type) ? type : 'another word'}`;
};

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
