import { describe, expect, it } from 'vitest';
import { memorySource } from './byte-source.ts';

describe('memorySource', () => {
  const source = memorySource(Uint8Array.of(1, 2, 3, 4));

  it('reads exactly what was asked for', async () => {
    expect(source.size).toBe(4);
    expect([...(await source.read(1, 2))]).toEqual([2, 3]);
    expect([...(await source.read(4, 0))]).toEqual([]);
  });

  it.each([
    [3, 2],
    [-1, 2],
    [0, 5],
    [2, -1],
  ])('refuses %i + %i', async (offset, length) => {
    await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'download-truncated' });
  });
});
