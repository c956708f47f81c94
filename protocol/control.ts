// Words between a peer and the orchestrator, JSON over one WebSocket. The orchestrator plans with them; no activation,
// prompt or token ever travels here.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { dtypeSchema, modelRefSchema, peerIdSchema } from './ids.ts';
import { MAX_CONTROL_BYTES, MAX_STAGES } from './limits.ts';
import { manifestSchema } from './manifest.ts';

const count = z.number().check(z.int(), z.gte(0));
const millis = z.number().check(z.gte(0));
const poolId = z.string().check(z.minLength(1), z.maxLength(400));
const short = z.string().check(z.maxLength(500));
const errorShape = z.object({
  code: z.string().check(z.maxLength(40)),
  message: short,
  data: z.optional(z.record(z.string(), z.unknown())),
});

export const backendSchema = z.enum(['webgpu', 'wasm']);
export type Backend = z.infer<typeof backendSchema>;

/** What a tab measured of itself. Never a GPU's name alone: the planner reads milliseconds and bytes. */
export const capabilitySchema = z.object({
  backend: backendSchema,
  /** Median decode time of one layer of this very model, on synthetic weights of the same shape. */
  msPerLayer: millis,
  /** Bytes that this tab is willing to hold, weights and KV cache together. */
  memoryBytes: count,
  /** For people to read, e.g. "apple · metal-3" or "WASM, 1 thread". */
  device: short,
});
export type Capability = z.infer<typeof capabilitySchema>;

/** One seat of a coalition: layers `[start, end)` at a peer. */
export const seatSchema = z.object({
  peer: peerIdSchema,
  start: count,
  end: count,
  backend: backendSchema,
  device: short,
  /** Weight bytes of the seat, and how many of them are loaded. */
  totalBytes: count,
  loadedBytes: count,
  ready: z.boolean(),
});
export type Seat = z.infer<typeof seatSchema>;

/** `forming`: slices are loading. `ready`: asks are answered. `broken`: a member left; a new epoch follows if it can. */
export const coalitionSchema = z.object({
  pool: poolId,
  model: modelRefSchema,
  epoch: count,
  state: z.enum(['forming', 'ready', 'broken']),
  seats: z.array(seatSchema).check(z.maxLength(MAX_STAGES)),
  /** Secret of this epoch, known to its members and to drivers that watch the pool: opens a link. */
  ticket: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
});
export type Coalition = z.infer<typeof coalitionSchema>;

export const poolSummarySchema = z.object({
  pool: poolId,
  model: modelRefSchema,
  /** Stage peers in the pool: waiting, loading or serving. */
  peers: count,
  state: z.enum(['empty', 'waiting', 'forming', 'ready']),
  /** One sentence for people: why it is so, e.g. "Waits for 2 more tabs: 3 stages were asked for." */
  reason: short,
});
export type PoolSummary = z.infer<typeof poolSummarySchema>;

const iceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});

/** Peer -> orchestrator. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  /** Proves that the sender owns the key its id is derived from: ECDSA P-256 over the challenge's nonce. */
  z.object({
    type: z.literal('hello'),
    version: count,
    publicKey: z.string().check(z.maxLength(200)),
    signature: z.string().check(z.maxLength(200)),
  }),
  /** Offers this tab as a stage of a pool. */
  z.object({ type: z.literal('offer'), model: modelRefSchema, manifest: manifestSchema, capability: capabilitySchema }),
  z.object({ type: z.literal('load-progress'), pool: poolId, epoch: count, loadedBytes: count }),
  z.object({ type: z.literal('stage-ready'), pool: poolId, epoch: count, msPerLayer: millis }),
  z.object({ type: z.literal('stage-failed'), pool: poolId, epoch: count, error: errorShape }),
  /** A link to a neighbour could not be made or broke; the orchestrator decides who is at fault. */
  z.object({ type: z.literal('link-down'), pool: poolId, epoch: count, peer: peerIdSchema }),
  /** A driver wants to hear of a pool's coalitions. */
  z.object({ type: z.literal('watch'), model: modelRefSchema }),
  z.object({ type: z.literal('heartbeat'), at: millis, sessions: count, tokens: count }),
  z.object({ type: z.literal('leave') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** Orchestrator -> peer. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('challenge'), nonce: z.string().check(z.regex(/^[0-9a-f]{64}$/)), version: count }),
  z.object({ type: z.literal('welcome'), peer: peerIdSchema, iceServers: z.array(iceServer), heartbeatMs: millis }),
  z.object({ type: z.literal('pools'), pools: z.array(poolSummarySchema).check(z.maxLength(1000)) }),
  /** Sent to members and watchers at every change. A member finds its own seat in it and loads that slice. */
  z.object({ type: z.literal('coalition'), coalition: coalitionSchema }),
  /** The epoch is over: finish what is running, then free its slice. */
  z.object({ type: z.literal('retire'), pool: poolId, epoch: count }),
  z.object({ type: z.literal('heartbeat-ack'), at: millis }),
  z.object({ type: z.literal('error'), error: errorShape }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

function parse<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, text: string): T {
  if (text.length > MAX_CONTROL_BYTES)
    throw new PoolError('bad-message', 'The control message is larger than the limit.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PoolError('bad-message', 'The control message is not JSON.', { cause });
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new PoolError('bad-message', 'The control message has a field that does not fit.');
  return result.data as T;
}

export const parseClientMessage = (text: string): ClientMessage => parse<ClientMessage>(clientMessageSchema, text);
export const parseServerMessage = (text: string): ServerMessage => parse<ServerMessage>(serverMessageSchema, text);

/** What the server tells a page before anything else, at `GET /api/config`. */
export const siteConfigSchema = z.object({
  /** The pool that a page shows first. */
  model: modelRefSchema,
  /** Where `onnx-community` style repositories are fetched from; a path is relative to the site. */
  hubUrl: z.string().check(z.maxLength(500)),
  /** Where the site's own models are. */
  siteModelsUrl: z.string().check(z.maxLength(500)),
  dtypes: z.array(dtypeSchema),
  version: z.string(),
});
export type SiteConfig = z.infer<typeof siteConfigSchema>;
