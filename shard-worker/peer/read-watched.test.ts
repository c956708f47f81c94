import { expect, test } from 'vitest';
import { parseServerMessage, type ServerMessage } from '../../protocol/control.ts';
import { readWatched } from './read-watched.ts';
import { coalitionOf, peerOf, poolsOf, tellOf } from './test-pool.ts';

const HEARD: ServerMessage[] = [
  { type: 'challenge', nonce: 'ab'.repeat(32), version: 6 },
  poolsOf('ready'),
  tellOf(coalitionOf(1, 'ready', [peerOf('a'), peerOf('b')])),
  { type: 'retire', pool: poolsOf('ready').pools[0]!.pool, epoch: 1 },
  { type: 'heartbeat-ack', at: 5 },
  { type: 'error', error: { code: 'version-mismatch', message: 'Reload.' } },
];

test.each(HEARD.map((message) => [message.type, message] as const))('%s is read as peers read it', (_type, message) => {
  const text = JSON.stringify(message);
  expect(readWatched(text)).toEqual(parseServerMessage(text));
});

test.each([
  ['no JSON', 'hello'],
  ['no message', 'null'],
  ['no type', '{}'],
  ['a challenge without a nonce', '{"type":"challenge"}'],
  ['pools that are no list', '{"type":"pools","pools":{}}'],
  ['a pool without a name', '{"type":"pools","pools":[{"peers":1}]}'],
  ['a coalition without seats', '{"type":"coalition","ticket":"t","coalition":{"pool":"p","state":"ready","epoch":1}}'],
  ['an error without words', '{"type":"error","error":{"code":"internal"}}'],
])('%s is refused, as peers refuse it', (_what, text) => {
  expect(() => readWatched(text)).toThrow(expect.objectContaining({ code: 'bad-message' }));
  expect(() => parseServerMessage(text)).toThrow(expect.objectContaining({ code: 'bad-message' }));
});
