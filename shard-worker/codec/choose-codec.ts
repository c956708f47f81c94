// Which codec a hidden state gets on its way to the next stage: what the driver allows, and under `auto` what the link is
// worth it for. Pure.

import type { Codec, CodecPolicy } from '../../protocol/codec.ts';
import { type FrameDtype, payloadBytesOf } from '../../protocol/frame.ts';
import type { Activation } from '../words/activation.ts';

export interface RowsShape {
  activation: Activation;
  tokens: number;
  width: number;
}

/** What five lanes carry in their first windows, without waiting for an acknowledgement (`STAGE_LANES`). */
const BURST_BYTES = 70_000;
/** Less is in the noise of a lap. */
const LEAST_SAVED_MS = 1;
/** Share of the finer codec's time on the way that must be saved. `f16` is all but exact; what `int8` takes away must be worth it. */
const LEAST_SHARE: Record<Exclude<Codec, 'exact'>, number> = { f16: 0.05, int8: 0.25 };

/**
 * `auto`: the finest codec, unless a coarser one is on the way for clearly less time. `rttMs`: of the link, 0 until it is
 * measured and within one worker.
 */
export function chooseCodec(policy: CodecPolicy, rttMs: number, shape: RowsShape): Codec {
  if (policy !== 'auto') return policy;
  let chosen: Codec = 'exact';
  let chosenMs = wayMs(rttMs, payloadBytesOf(shape.activation, shape.tokens, shape.width));
  for (const codec of ['f16', 'int8'] as const) {
    const ms = wayMs(rttMs, payloadBytesOf(DTYPES[codec], shape.tokens, shape.width));
    if (chosenMs - ms < Math.max(LEAST_SAVED_MS, LEAST_SHARE[codec] * chosenMs)) continue;
    chosen = codec;
    chosenMs = ms;
  }
  return chosen;
}

const DTYPES = { f16: 'float16', int8: 'int8' } as const satisfies Record<string, FrameDtype>;

/**
 * Half a round trip, and another whole one for each doubling of the window beyond the first burst (slow start). How many
 * bytes a second a wire takes is not in it: what a channel's buffer shows while it empties is the pace of congestion windows
 * and of losses, and was no measure of relays whose speed was known.
 */
function wayMs(rttMs: number, bytes: number): number {
  const waits = Math.max(0, Math.ceil(Math.log2(bytes / BURST_BYTES + 1)) - 1);
  return rttMs * (0.5 + waits);
}
