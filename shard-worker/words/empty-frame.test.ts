// The empty frame on the wire: every kind that is made of it, and two of them that share nothing.
import { describe, expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { emptyFrame } from './empty-frame.ts';

describe('a frame that carries nothing', () => {
  test.each([0, 1, 2 ** 31, 2 ** 32 - 1])('comes off the wire as it went, epoch %i', (epoch) => {
    const session = newSessionId();
    const frame = emptyFrame(epoch, session);
    const decoded = decodeFrame(encodeFrame(frame));
    expect(decoded).toMatchObject({ kind: 'close', dtype: 'none', epoch, session, tokens: 0, position: 0, lap: 0 });
    expect(decoded.payload).toHaveLength(0);
    expect(decoded.trace).toEqual([]);
  });

  // It says that it has a row, and has none.
  test.each([
    ['step', 'int32'],
    ['hidden', 'float32'],
    ['result', 'int32'],
  ] as const)('is no %s', (kind, dtype) => {
    const frame = { ...emptyFrame(3, newSessionId()), kind, dtype, tokens: 1, width: 1 };
    expect(() => decodeFrame(encodeFrame(frame))).toThrowError(expect.objectContaining({ code: 'bad-frame' }));
  });

  test('carries a refusal where it is given one', () => {
    const payload = new TextEncoder().encode('{"code":"epoch-stale"}');
    const refused = { ...emptyFrame(3, newSessionId()), kind: 'error', dtype: 'json', lap: 9, payload } as const;
    const decoded = decodeFrame(encodeFrame(refused));
    expect(decoded).toMatchObject({ kind: 'error', dtype: 'json', lap: 9 });
    expect(new TextDecoder().decode(decoded.payload)).toBe('{"code":"epoch-stale"}');
  });

  test('shares nothing with the next one: what is noted in its trace is not in another’s', () => {
    const session = newSessionId();
    const [one, other] = [emptyFrame(1, session), emptyFrame(1, session)];
    (one.trace as unknown[]).push({});
    expect(other.trace).toHaveLength(0);
    expect(one.payload.buffer).not.toBe(other.payload.buffer);
  });
});
