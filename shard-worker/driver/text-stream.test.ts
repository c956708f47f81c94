import { expect, test } from 'vitest';
import { TextStream } from './text-stream.ts';

/** A byte-level decoder: each id is a byte, as the pieces of a byte-level BPE are at worst. */
const decode = (ids: number[]) => new TextDecoder().decode(Uint8Array.from(ids));
const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

function stream(text: string, stop: string[] = []): { parts: string[]; stopped: boolean } {
  const out = new TextStream({ decode, stop });
  const parts = bytesOf(text).map((id) => out.push(id));
  return { parts: [...parts, out.end()], stopped: out.stopped };
}

test.each(['plain text', 'Grüße, 世界 👩‍👩‍👧 ende', '🙂🙂🙂', 'é'])(
  'the parts of %j join to it and never split a character',
  (text) => {
    const { parts } = stream(text);
    expect(parts.join('')).toBe(text);
    for (const part of parts) expect(part).not.toContain('\ufffd');
  },
);

test('bytes that never become a character come out as U+FFFD at the end and do not block what follows', () => {
  const out = new TextStream({ decode });
  const text = [0xff, ...bytesOf('abcdefgh')].map((id) => out.push(id)).join('') + out.end();
  expect(text).toBe('\ufffdabcdefgh');
  const cut = new TextStream({ decode });
  expect(
    bytesOf('ok 世')
      .slice(0, -1)
      .map((id) => cut.push(id))
      .join('') + cut.end(),
  ).toBe('ok \ufffd');
});

test('a stop string ends the text before it, also when it comes in pieces or after a false start', () => {
  expect(stream('one two END three', ['END'])).toMatchObject({ stopped: true });
  expect(stream('one two END three', ['END']).parts.join('')).toBe('one two ');
  expect(stream('aab aaab!', ['aaab']).parts.join('')).toBe('aab ');
  expect(stream('no stop here EN', ['END']).parts.join('')).toBe('no stop here EN');
  expect(stream('x\n\nUser: hi', ['\n\nUser:', 'zzz']).parts.join('')).toBe('x');
});

test('nothing that may be the start of a stop string is given out early', () => {
  const out = new TextStream({ decode, stop: ['STOP'] });
  const seen = bytesOf('go STO')
    .map((id) => out.push(id))
    .join('');
  expect(seen).toBe('go ');
  expect(out.push('P'.charCodeAt(0))).toBe('');
  expect(out.stopped).toBe(true);
});
