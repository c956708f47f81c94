// A file on its way out: read as fast as its reader takes it, and counted as held until it is read, given up or late.
import type { ByteHold } from './byte-budget.ts';

const PART_BYTES = 64 * 1024;

/** As long as Node gives a request to come in. */
const DEADLINE_MS = 300_000;

/** Releases `hold` once; a reader that is late gets an error in place of the rest. */
export function streamHeld(
  bytes: Uint8Array<ArrayBuffer>,
  hold: Pick<ByteHold, 'release'>,
  deadlineMs = DEADLINE_MS,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let left: Uint8Array<ArrayBuffer> | undefined = bytes;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
    left = undefined;
    hold.release();
  };
  return new ReadableStream({
    start(controller) {
      timer = setTimeout(() => {
        end();
        controller.error(new Error('The file was read too slowly.'));
      }, deadlineMs);
    },
    pull(controller) {
      const part = left?.subarray(at, at + PART_BYTES);
      if (part?.byteLength) {
        at += part.byteLength;
        controller.enqueue(part);
        return;
      }
      controller.close();
      end();
    },
    cancel: end,
  });
}
