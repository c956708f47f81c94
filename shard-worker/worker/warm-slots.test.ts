import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { Slice, SliceUse } from './slice-cache.ts';
import { WarmSlots } from './warm-slots.ts';

const [ENTRY, MIDDLE, EXIT] = [
  { start: 0, end: 2 },
  { start: 2, end: 4 },
  { start: 4, end: 6 },
];
const name = ({ start, end }: { start: number; end: number }): string => `${start}-${end}`;

/** Uses that a test ends when it wants, and one line for whatever happens. */
function open() {
  const lines: string[] = [];
  const loads = new Map<string, { end(error?: PoolError): void; tell(loadedBytes: number): void }>();
  const slices = {
    use(layers: { start: number; end: number }, onProgress: (progress: never) => void): SliceUse {
      let resolve!: (slice: Slice) => void;
      let reject!: (error: PoolError) => void;
      const promise = new Promise<Slice>((...settle) => {
        [resolve, reject] = settle;
      });
      promise.catch(() => {});
      lines.push(`use ${name(layers)}`);
      loads.set(name(layers), {
        end: (error) => (error ? reject(error) : resolve({} as Slice)),
        tell: (loadedBytes) => onProgress({ loadedBytes, totalBytes: 9 } as never),
      });
      return {
        loaded: promise,
        release: (atOnce) => {
          lines.push(`free ${name(layers)}${atOnce ? ' at once' : ''}`);
          reject(new PoolError('cancelled', 'released'));
        },
      };
    },
  };
  const warm = new WarmSlots(slices, (type, told) => {
    const { start, end, ...rest } = told as unknown as { start: number; end: number };
    lines.push(`${type} ${name({ start, end })} ${Object.values(rest).join('/')}`);
  });
  const since = async (): Promise<string[]> => {
    await new Promise((resolve) => setTimeout(resolve));
    return lines.splice(0);
  };
  return { warm, loads, since };
}

test('loads one after another in the order asked for, and tells of each', async () => {
  const { warm, loads, since } = open();
  warm.hold([EXIT!, ENTRY!]);
  expect(await since()).toEqual(['use 4-6']);
  loads.get('4-6')!.tell(9);
  loads.get('4-6')!.end();
  expect(await since()).toEqual(['warm-progress 4-6 9/9', 'warm-ended 4-6 true', 'use 0-2']);
  loads.get('0-2')!.end();
  expect(await since()).toEqual(['warm-ended 0-2 true']);
});

test('asked again, it says at once what is there, lets go of what is wanted no more, and loads the rest', async () => {
  const { warm, loads, since } = open();
  warm.hold([EXIT!, ENTRY!]);
  loads.get('4-6')!.end();
  await since();
  warm.hold([EXIT!, MIDDLE!]);
  // The load that ran is ended: nobody hears of it.
  expect(await since()).toEqual(['free 0-2 at once', 'warm-ended 4-6 true', 'use 2-4']);
  loads.get('2-4')!.end();
  expect(await since()).toEqual(['warm-ended 2-4 true']);
});

test('what cannot be had is let go of and told, once; the next is loaded', async () => {
  const { warm, loads, since } = open();
  warm.hold([EXIT!, ENTRY!]);
  loads.get('4-6')!.end(new PoolError('download-failed', 'no'));
  expect(await since()).toEqual(['use 4-6', 'free 4-6 at once', 'warm-ended 4-6 false', 'use 0-2']);
});

test('a seat keeps its layers and makes room of all others, loaded or not', async () => {
  const { warm, loads, since } = open();
  warm.hold([EXIT!, ENTRY!, MIDDLE!]);
  loads.get('4-6')!.end();
  await since();
  loads.get('0-2')!.end();
  await since();
  const letGo = warm.keepOnly(ENTRY!);
  expect(await since()).toEqual(['free 4-6 at once', 'free 2-4 at once']);
  letGo();
  expect(await since()).toEqual(['free 0-2']);
  warm.hold([MIDDLE!]);
  expect(await since()).toEqual(['use 2-4']);
});
