// The link words that docs/PROTOCOL.md quotes are the bytes that a link writes and reads.
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { fromHex, toHex } from '../../protocol/hex.ts';
import { encodeWord, type LinkWord, parseWord } from './link-words.ts';
import { makeEnds, makeProvedEnds } from './proved-pair.ts';

const path = new URL('../../protocol/golden-vectors.json', import.meta.url);
const { words } = JSON.parse(readFileSync(path, 'utf8')) as { words: { word: LinkWord; hex: string }[] };
const golden = (type: LinkWord['type']) => words.find(({ word }) => word.type === type)!;

describe.each(words)('the golden $word.type', ({ word, hex }) => {
  test('is written so', () => {
    expect(toHex(encodeWord(word))).toBe(hex);
  });

  test('is read so', () => {
    expect(parseWord(fromHex(hex))).toEqual(word);
  });
});

test('hello, welcome and confirm of two links have the fields of the golden ones, in their order', async () => {
  const { a, b, channelA, channelB } = await makeProvedEnds();
  const said = [...channelA.sent, ...channelB.sent].map(parseWord);
  for (const type of ['hello', 'welcome', 'confirm'] as const) {
    const word = said.find((candidate) => candidate.type === type)!;
    expect(Object.keys(word)).toEqual(Object.keys(golden(type).word));
  }
  a.close();
  b.close();
});

test('ping is answered with pong', () => {
  const { a, b, channelB } = makeEnds();
  channelB.deliver(fromHex(golden('ping').hex));
  expect(channelB.sent.map(toHex)).toEqual([golden('pong').hex]);
  a.close();
  b.close();
});

test('ping is written so, four times a second', () => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockReturnValue((golden('ping').word as LinkWord & { type: 'ping' }).at);
  try {
    const { a, b, channelA } = makeEnds();
    vi.advanceTimersByTime(250);
    expect(channelA.sent.map(toHex)).toEqual([golden('ping').hex]);
    a.close();
    b.close();
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
  }
});
