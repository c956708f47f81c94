// Half precision by whole numbers against the browser's own Float16Array: the same bits, both ways.
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import type * as HalfBits from '../shard-worker/codec/half-bits.ts';

type Halves = new (source: ArrayLike<number> | ArrayBufferLike) => ArrayLike<number> & { buffer: ArrayBuffer };

test('halves are what the browser makes of them', async ({ page }) => {
  const { outputFiles } = await build({
    entryPoints: ['shard-worker/codec/half-bits.ts'],
    ...{ bundle: true, format: 'iife', globalName: 'halfBits', write: false },
  });
  await page.goto('about:blank');
  await page.addScriptTag({ content: outputFiles[0]!.text });
  const counts = await page.evaluate(() => {
    const scope = globalThis as unknown as { halfBits: typeof HalfBits; Float16Array: Halves };
    const { halfBits, Float16Array } = scope;
    const all = Uint16Array.from({ length: 65_536 }, (_, half) => half).filter((half) => (half & 0x7c00) !== 0x7c00);
    const ours = new Float32Array(all.length);
    halfBits.unpackHalves(all, ours);
    const theirs = new Float16Array(all.slice().buffer);
    let unpackedOtherwise = 0;
    for (let index = 0; index < all.length; index++) if (!Object.is(ours[index], theirs[index])) unpackedOtherwise++;
    // Random bits are of every exponent; those that halves do not hold are tested elsewhere.
    const bits = crypto.getRandomValues(new Uint32Array(16_384));
    let packedOtherwise = 0;
    let compared = 0;
    for (let round = 0; round < 64; round++) {
      const floats = new Float32Array(
        bits.map((word) => (Math.imul(word, 0x9e3779b1) + round * 40_503) >>> 0).buffer,
      ).filter((value) => Math.abs(value) < 65_520);
      const packed = new Uint16Array(floats.length);
      halfBits.packHalves(floats, packed);
      const wanted = new Uint16Array(new Float16Array(floats).buffer);
      compared += floats.length;
      for (let index = 0; index < packed.length; index++) if (packed[index] !== wanted[index]) packedOtherwise++;
    }
    return { unpackedOtherwise, packedOtherwise, compared };
  });
  expect(counts).toMatchObject({ unpackedOtherwise: 0, packedOtherwise: 0 });
  expect(counts.compared).toBeGreaterThan(100_000);
});
