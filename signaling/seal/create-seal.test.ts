import { describe, expect, it, vi } from 'vitest';
import { createSeal } from './create-seal.ts';

const key = (fill: number): Buffer => Buffer.alloc(32, fill);
const sealOf = (current: Buffer | undefined, ...old: Buffer[]) =>
  createSeal({ current, old, makeCurrent: () => key(99) });
const damaged = expect.objectContaining({ code: 'internal' });

describe('a sealed text', () => {
  const seal = sealOf(key(1));

  it('opens with its key under its words, and is never twice the same', () => {
    for (const text of ['', 'whsec_x', 'ü \u{1f600}', 'x'.repeat(10_000)]) {
      const kept = seal.seal(text, 'a:b');
      expect(kept).toMatch(/^sealed\.v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}$/);
      expect(seal.open(kept, 'a:b')).toBe(text);
      expect(seal.seal(text, 'a:b')).not.toBe(kept);
    }
  });

  it('opens under no other words, and not when any letter of it is another', () => {
    const kept = seal.seal('whsec_x', 'webhook-secret:account:a');
    expect(() => seal.open(kept, 'webhook-secret:account:b')).toThrow(damaged);
    const start = 'sealed.v1.'.length + 9;
    for (let at = start; at < kept.length - 1; at += 1) {
      if (kept[at] === '.') continue;
      const changed = `${kept.slice(0, at)}${kept[at] === 'A' ? 'B' : 'A'}${kept.slice(at + 1)}`;
      expect(() => seal.open(changed, 'webhook-secret:account:a'), changed).toThrow(damaged);
    }
    for (const text of ['whsec_x', '', 'sealed.v1', `${kept}.x`, kept.slice(0, start + 20), kept.replace('v1', 'v2')]) {
      expect(() => seal.open(text, 'webhook-secret:account:a'), text).toThrow(damaged);
    }
  });

  it('says which key is missing and what to do, and nothing of the text', () => {
    const kept = seal.seal('whsec_x', 'a:account:b');
    const open = () => sealOf(key(2), key(3)).open(kept, 'a:account:b');
    const sentence =
      /sealed with key [0-9a-f]{8}, which this server does not have.*--seal-key-file.*--old-seal-key-file/;
    expect(open).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(sentence) }));
    expect(() => sealOf(undefined).open(kept, 'a:account:b')).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

describe('renew', () => {
  it('seals what is in plain, then leaves it', () => {
    const seal = sealOf(key(1));
    const { text, kept = '' } = seal.renew('whsec_x', 'a:b');
    expect([text, seal.open(kept, 'a:b')]).toEqual(['whsec_x', 'whsec_x']);
    expect(seal.renew(kept, 'a:b')).toEqual({ text: 'whsec_x' });
  });

  it('seals anew what an old key sealed', () => {
    const old = sealOf(key(1)).seal('whsec_x', 'a:b');
    const { text, kept = '' } = sealOf(key(2), key(1)).renew(old, 'a:b');
    expect(text).toBe('whsec_x');
    expect(sealOf(key(2)).open(kept, 'a:b')).toBe('whsec_x');
    expect(() => sealOf(key(2)).renew(old, 'a:b')).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

it('a key is made at the first need and not before', () => {
  const makeCurrent = vi.fn(() => key(5));
  const seal = createSeal({ current: undefined, old: [key(1)], makeCurrent });
  expect(seal.open(sealOf(key(1)).seal('x', 'a:b'), 'a:b')).toBe('x');
  expect(() => seal.open(sealOf(key(2)).seal('x', 'a:b'), 'a:b')).toThrow('does not have');
  expect(makeCurrent).not.toHaveBeenCalled();
  expect(seal.open(seal.seal('y', 'a:b'), 'a:b')).toBe('y');
  seal.seal('z', 'a:b');
  expect(makeCurrent).toHaveBeenCalledTimes(1);
});
