import { describe, expect, test } from 'vitest';
import { ChoiceWriter, type Piece } from './choice-writer.ts';

/** Each id is a byte, as the pieces of a byte-level BPE are at worst. */
const format = {
  decode: (ids: number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
  describe: (id: number) => (id < 256 ? { token: format.decode([id]), bytes: [id] } : undefined),
};
const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const row = (id: number) => ({ id, logprob: -id / 100, top: [{ id, logprob: -id / 100 }] });

function write(text: string, stop: string[] = [], resumed = 0): Piece[] {
  const writer = new ChoiceWriter({ format, stop });
  const ids = bytesOf(text);
  writer.resume(ids.slice(0, resumed));
  const pieces: Piece[] = [];
  for (const id of ids.slice(resumed)) {
    pieces.push(writer.push(row(id)));
    if (writer.stopped) break;
  }
  return [...pieces, writer.end()];
}

const textOf = (pieces: Piece[]) => pieces.map(({ text }) => text).join('');
const idsOf = (pieces: Piece[]) => pieces.flatMap(({ ids }) => ids);
const chancesOf = (pieces: Piece[]) => pieces.flatMap(({ logprobs }) => logprobs?.map(({ id }) => id) ?? []);

test('ids come at once, log-probabilities with their text, and all of them in order', () => {
  const pieces = write('go STX', ['STOP']);
  expect(pieces.map(({ text }) => text)).toEqual(['g', 'o', ' ', '', '', 'STX', '']);
  expect(pieces.map(({ logprobs }) => logprobs?.length ?? 0)).toEqual([1, 1, 1, 0, 0, 3, 0]);
  expect(pieces.slice(0, 6).every(({ ids }) => ids.length === 1)).toBe(true);
  expect(chancesOf(pieces)).toEqual(bytesOf('go STX'));
});

test('tokens behind a stop string are not told, those of the text before it are', () => {
  const pieces = write('one two END three', ['END']);
  expect(textOf(pieces)).toBe('one two ');
  expect(idsOf(pieces)).toEqual(bytesOf('one two END'));
  expect(chancesOf(pieces)).toEqual(bytesOf('one two '));
});

test('the tokens of one character come together, also when it is the start of a stop string', () => {
  const pieces = write('a世b', ['世界']);
  expect(pieces.map(({ text }) => text)).toEqual(['a', '', '', '', '世b', '']);
  expect(pieces.map(({ logprobs }) => logprobs?.length ?? 0)).toEqual([1, 0, 0, 0, 4, 0]);
  expect(chancesOf(write('a世界', ['世界']))).toEqual(bytesOf('a'));
});

test('what is held back at the end comes out, with its log-probabilities', () => {
  expect(textOf(write('see EN', ['END']))).toBe('see EN');
  expect(chancesOf(write('see EN', ['END']))).toEqual(bytesOf('see EN'));
  const writer = new ChoiceWriter({ format });
  const ids = bytesOf('ok 世').slice(0, -1);
  const cut = [...ids.map((id) => writer.push(row(id))), writer.end()];
  expect(textOf(cut)).toBe('ok \ufffd');
  expect(chancesOf(cut)).toEqual(ids);
});

test('an id beyond the vocabulary has no text', () => {
  const writer = new ChoiceWriter({ format: { ...format, decode: () => '' } });
  expect(writer.push({ id: 999, logprob: -1, top: [] }).logprobs).toEqual([
    { id: 999, token: '', logprob: -1, top: [] },
  ]);
});

test('without log-probabilities none are told', () => {
  const writer = new ChoiceWriter({ format });
  expect(writer.push({ id: 97 })).toEqual({ text: 'a', ids: [97] });
  expect(writer.end()).toEqual({ text: '', ids: [] });
});

describe('going on', () => {
  const text = 'say 世界 and END, or rather STOP it';
  const stop = ['ENDE', 'STOP'];
  const whole = write(text, stop);
  const ids = idsOf(whole);

  test.each(Array.from(ids.keys()))('after %i tokens gives the rest of the same text', (told) => {
    const before = textOf(whole.slice(0, told));
    const rest = write(text, stop, told);
    expect(before + textOf(rest)).toBe('say 世界 and END, or rather ');
    expect(idsOf(rest)).toEqual(ids.slice(told));
  });

  test('tokens that hold the stop string already end it', () => {
    const writer = new ChoiceWriter({ format, stop });
    writer.resume(ids);
    expect(writer.stopped).toBe(true);
    expect(writer.end().text).toBe('');
  });
});
