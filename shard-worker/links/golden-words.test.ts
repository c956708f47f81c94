// The link words that docs/PROTOCOL.md quotes are the bytes that a link writes and reads.
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { fromHex, toHex } from '../../protocol/hex.ts';
import { ChannelLink } from './channel-link.ts';
import { fakeChannelPair } from './channel-pair.ts';
import { PEER_A } from './link-compliance.ts';

interface Word {
  word: { type: string; epoch: number; ticket: string; at: number };
  hex: string;
}

const path = new URL('../../protocol/golden-vectors.json', import.meta.url);
const { words } = JSON.parse(readFileSync(path, 'utf8')) as { words: Word[] };
const golden = (type: string): Word => words.find(({ word }) => word.type === type)!;

function makeLink() {
  const [channel] = fakeChannelPair();
  const checked: [number, string][] = [];
  const checkTicket = (epoch: number, ticket: string) => checked.push([epoch, ticket]) > 0;
  return { link: new ChannelLink({ peer: PEER_A, channel, checkTicket }), channel, checked };
}

test('hello is written so', async () => {
  const { link, channel } = makeLink();
  const { word, hex } = golden('hello');
  const proved = link.hello(word.epoch, word.ticket);
  expect(toHex(channel.sent[0]!)).toBe(hex);
  channel.deliver(fromHex(golden('welcome').hex));
  await proved;
  link.close();
});

test('hello is read so, and welcome is the answer', () => {
  const { link, channel, checked } = makeLink();
  const { word, hex } = golden('hello');
  channel.deliver(fromHex(hex));
  expect(checked).toEqual([[word.epoch, word.ticket]]);
  expect(toHex(channel.sent[0]!)).toBe(golden('welcome').hex);
  link.close();
});

test('ping is read so, and pong is the answer', () => {
  const { link, channel } = makeLink();
  channel.deliver(fromHex(golden('ping').hex));
  expect(channel.sent.map(toHex)).toEqual([golden('pong').hex]);
  link.close();
});

test('ping is written so', () => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockReturnValue(golden('ping').word.at);
  try {
    const { link, channel } = makeLink();
    vi.advanceTimersToNextTimer();
    expect(channel.sent.map(toHex)).toEqual([golden('ping').hex]);
    link.close();
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
});
