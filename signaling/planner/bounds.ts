// The planner's numbers, each with its reason. What decides, decides with these; nothing here is read from a device.
import { PLANNED_CONTEXT_TOKENS } from '../../protocol/limits.ts';

/** Each stage must hold the KV cache of one session of this length. */
export const PLAN_CONTEXT_TOKENS = PLANNED_CONTEXT_TOKENS;

/** Round trip of a pair that nobody measured. Petals assumes the same (`sequence_manager.py`). */
export const UNKNOWN_RTT_MS = 150;

/** Pairs within this round trip are one neighbourhood: below it hops cost less than reading tensors back. */
export const LAN_RTT_MS = 10;

/** A pair further apart than this takes no part in an interactive answer: one retransmission would be half a second. */
export const MAX_PAIR_RTT_MS = 250;

/** One-way hops of a lap, return included: beyond this even 4 tokens per lap are slower than people read. */
export const MAX_LAP_HOPS_MS = 1000;

/** An expected wait longer than this is better served as a batch. */
export const MAX_QUEUE_WAIT_MS = 60_000;

/** A change must be predicted to be this much faster: another device, another order, other members. Jitter is less. */
export const WORTH_CHANGE = 1.2;

/** A known order of joining is kept unless a lap gets shorter by this too: loopback links differ by a few milliseconds. */
export const WORTH_REORDER_MS = 10;

/** A lap may be this much longer than the shortest if that evens the stages out: the next session then waits less. */
export const LAP_SLACK = 0.05;

/** Candidates up to which every subset is looked at. */
export const EXACT_CANDIDATES = 8;

/** Stages up to which the order of a ring is exact (Held-Karp takes 2^n n²). */
export const EXACT_RING = 10;

/** Devices up to which "do these hold the model in some order?" is exact (2^n n). */
export const EXACT_HOLD = 12;

/** Neighbourhoods looked at when there are more candidates. */
export const MAX_SEEDS = 12;

/** Reading a tensor back, packing and uploading it, per stage and lap: 3.5 to 4 ms on WebGPU as others measured. */
const WEBGPU_HANDLING_MS = 4;
/** The same on WASM, which copies: 1.2 ms per added stage in docs/receipts/sharded-vs-solo-wasm-q4.json. */
const WASM_HANDLING_MS = 1;

export const handlingMsOf = (backend: 'webgpu' | 'wasm'): number =>
  backend === 'webgpu' ? WEBGPU_HANDLING_MS : WASM_HANDLING_MS;
