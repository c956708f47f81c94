import { describe, expect, it } from 'vitest';
import { isEncoded, parseContentRange, parseLength, strongEtag } from './content-range.ts';

describe('parseContentRange', () => {
  it.each([
    ['bytes 0-0/10', { start: 0, end: 1, total: 10 }],
    ['Bytes 5-9/10', { start: 5, end: 10, total: 10 }],
    [' bytes  5-9/* ', { start: 5, end: 10, total: undefined }],
    ['bytes */10', { start: undefined, end: undefined, total: 10 }],
    ['bytes */0', { start: undefined, end: undefined, total: 0 }],
  ])('reads %j', (header, range) => {
    expect(parseContentRange(header)).toEqual(range);
  });

  it.each([
    null,
    '',
    'bytes',
    'bytes 5-4/10',
    'bytes 0-10/10',
    'items 0-1/2',
    'bytes -5/10',
    'bytes 0-9',
    'bytes 0-9/10, bytes 1-2/10',
    `bytes 0-${'9'.repeat(40)}/*`,
  ])('refuses %j', (header) => {
    expect(parseContentRange(header)).toBeUndefined();
  });
});

describe('the other headers', () => {
  it('reads lengths', () => {
    expect(parseLength('12')).toBe(12);
    for (const header of [null, '', '-1', '1.5', '1e3', '12 bytes']) expect(parseLength(header)).toBeUndefined();
  });

  it('trusts strong ETags only', () => {
    expect(strongEtag('"abc"')).toBe('abc');
    for (const header of [null, 'abc', 'W/"abc"', '""', '"a"b"']) expect(strongEtag(header)).toBeUndefined();
  });

  it('knows a compressed body', () => {
    expect(['gzip', 'br', ' zstd'].map(isEncoded)).toEqual([true, true, true]);
    expect([null, '', 'identity', 'Identity '].map(isEncoded)).toEqual([false, false, false, false]);
  });
});
