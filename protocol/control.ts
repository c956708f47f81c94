// Words between a peer and the orchestrator, JSON over one WebSocket. The orchestrator plans with them; no activation
// ever travels here, and text of a conversation only in the messages of jobs, which came over HTTP.
import * as z from 'zod/mini';
import { signedDeliverySchema } from './delivery.ts';
import { originSchema } from './embed.ts';
import { PoolError } from './errors.ts';
import { jobIdSchema, modelRefSchema, peerIdSchema, poolIdSchema } from './ids.ts';
import { jobEventSchema, jobRequestSchema, jobStatsSchema } from './job.ts';
import { MAX_CONTROL_BYTES, MAX_STAGES } from './limits.ts';
import { manifestSchema } from './manifest.ts';
import { signedPayoutSchema } from './payout.ts';
import { poolReasonSchema } from './pool-reason.ts';
import { signedReceiptSchema } from './receipt.ts';
import { queueReasonSchema } from './route-fact.ts';
import { modeSchema, routePlanSchema } from './route-plan.ts';
import { MAX_TOKEN_CHARS } from './signed-token.ts';

const count = z.number().check(z.int(), z.gte(0));
const millis = z.number().check(z.gte(0));
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
  pool: poolIdSchema,
  model: modelRefSchema,
  epoch: count,
  /** A pool may have several that answer side by side: this one takes the place of what had the same number. Absent: 0. */
  ring: z.optional(count),
  state: z.enum(['forming', 'ready', 'broken']),
  seats: z.array(seatSchema).check(z.maxLength(MAX_STAGES)),
});
export type Coalition = z.infer<typeof coalitionSchema>;

/** How a pool's work is paid: in credits, or in USDC to whoever named an address. */
export const poolPolicySchema = z.enum(['commons', 'market']);
export type PoolPolicyName = z.infer<typeof poolPolicySchema>;

/** In the unit of the pool's policy (`Price`). */
const priceShape = z.object({ promptMicros: count, completionMicros: count });

export const poolSummarySchema = z.object({
  pool: poolIdSchema,
  model: modelRefSchema,
  /** Stage peers in the pool: waiting, loading or serving. */
  peers: count,
  state: z.enum(['empty', 'waiting', 'forming', 'ready']),
  /** One sentence for people: why it is so, e.g. "One of two tabs is here; one more is needed." */
  reason: short,
  /** The same by kind, what matters most first, for pages of other languages. Absent: of an older server. */
  why: z.optional(z.array(poolReasonSchema).check(z.maxLength(20))),
  /** Absent: the commons. */
  policy: z.optional(poolPolicySchema),
  /** What its maker asks for a token, in the unit of its policy (`Price`); absent where the size of the model decides. */
  price: z.optional(priceShape),
  /** What one asks before choosing it; absent until somebody has loaded its model. */
  facts: z.optional(
    z.object({
      weightBytes: count,
      contextTokens: count,
      /** What a token costs here now, whoever decides it. */
      price: priceShape,
      /** As the server timed its last answers, or before any the canary's lap; absent while nothing answers. */
      tokensPerSecond: z.optional(z.number().check(z.gte(0))),
    }),
  ),
});
export type PoolSummary = z.infer<typeof poolSummarySchema>;

const token = z.string().check(z.minLength(1), z.maxLength(MAX_TOKEN_CHARS));
/** Chosen by the asking tab: tells its own asks apart. */
const ask = z.number().check(z.int(), z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));

/** Round trips to neighbours, as links measured them. */
const rttSchema = z.object({ peer: peerIdSchema, ms: millis });

const iceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});

/** Peer -> orchestrator. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  /** Proves that the sender owns the key its id is derived from: ECDSA P-256 over the host and the challenge's nonce. */
  z.object({
    type: z.literal('hello'),
    version: count,
    /** The host that the peer dialled, as its address has it: signed along. */
    host: z.string().check(z.minLength(1), z.maxLength(300)),
    publicKey: z.string().check(z.maxLength(200)),
    signature: z.string().check(z.maxLength(200)),
  }),
  /** Offers this tab as a stage of a pool. */
  z.object({
    type: z.literal('offer'),
    pool: poolIdSchema,
    manifest: manifestSchema,
    capability: capabilitySchema,
    /** Where a market pool is to pay it. */
    payout: z.optional(signedPayoutSchema),
  }),
  z.object({ type: z.literal('load-progress'), pool: poolIdSchema, epoch: count, loadedBytes: count }),
  z.object({ type: z.literal('stage-ready'), pool: poolIdSchema, epoch: count, msPerLayer: millis }),
  /** A tab in reserve holds layers that it was asked to, or could not have them. */
  z.object({ type: z.literal('spare-warm'), pool: poolIdSchema, start: count, end: count }),
  z.object({ type: z.literal('spare-failed'), pool: poolIdSchema, start: count, end: count }),
  z.object({ type: z.literal('stage-failed'), pool: poolIdSchema, epoch: count, error: errorShape }),
  /** A link to a neighbour could not be made or broke; the orchestrator decides who is at fault. */
  z.object({ type: z.literal('link-down'), pool: poolIdSchema, epoch: count, peer: peerIdSchema }),
  /** A neighbour has owed an answer to its pulse for so long that it should be asked whether it is there. */
  z.object({ type: z.literal('late'), pool: poolIdSchema, peer: peerIdSchema }),
  /** It has for as long as a link may be without; `packets`: of its connection some have come meanwhile. */
  z.object({ type: z.literal('silent'), pool: poolIdSchema, epoch: count, peer: peerIdSchema, packets: z.boolean() }),
  /** A lap of this coalition did not come back in time, and nobody's link says why: somebody may compute no more. */
  z.object({ type: z.literal('stood-still'), pool: poolIdSchema, epoch: count }),
  /** The answer to `probe`, at once. */
  z.object({ type: z.literal('present'), at: millis }),
  /** A driver wants to hear of a pool's coalitions. */
  z.object({ type: z.literal('watch'), pool: poolIdSchema }),
  z.object({
    type: z.literal('heartbeat'),
    at: millis,
    sessions: count,
    tokens: count,
    rtts: z.optional(z.array(rttSchema).check(z.maxLength(64))),
  }),
  /** A tab wants to drive an answer itself. It says how long the prompt is, never what it says. */
  z.object({
    type: z.literal('ask'),
    ask,
    pool: poolIdSchema,
    promptTokens: count,
    maxTokens: z.number().check(z.int(), z.gte(1), z.lte(131_072)),
    mode: z.optional(modeSchema),
    /** What this tab itself could do, if it has measured. */
    capability: z.optional(capabilitySchema),
    /** Origin of the page of another site that shows this chat in a frame: the pool's owner may pay for its visitors. */
    embeddedIn: z.optional(originSchema),
  }),
  /** The person gave up, or the tab needs the answer no more: waiting or running. */
  z.object({ type: z.literal('ask-cancel'), ask }),
  /** The answer is over: what came of it, and how it went. Said again with more where more was signed for. */
  z.object({
    type: z.literal('ask-done'),
    job: jobIdSchema,
    promptTokens: count,
    cachedTokens: count,
    completionTokens: count,
    stats: z.optional(jobStatsSchema),
    /** Absent where this tab answered alone: then nothing is paid. */
    delivery: z.optional(signedDeliverySchema),
  }),
  /** Events of the driver at an entry stage: several in one message, in order. */
  z.object({ type: z.literal('job-events'), events: z.array(jobEventSchema).check(z.minLength(1), z.maxLength(64)) }),
  /** A stage's answer to `receipt-request`: one per session, none if it knows nothing of the job. */
  z.object({
    type: z.literal('receipts'),
    job: jobIdSchema,
    epoch: count,
    receipts: z.array(signedReceiptSchema).check(z.maxLength(16)),
    /** As it was asked. */
    goesOn: z.optional(z.boolean()),
    /** From the entry, of a chat: what its client has signed for last. */
    delivery: z.optional(signedDeliverySchema),
  }),
  /** Lends no more once what runs through it has ended: nobody is sent there any more, and others take its seat meanwhile. */
  z.object({ type: z.literal('drain') }),
  z.object({ type: z.literal('leave') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** Orchestrator -> peer. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('challenge'), nonce: z.string().check(z.regex(/^[0-9a-f]{64}$/)), version: count }),
  z.object({
    type: z.literal('welcome'),
    peer: peerIdSchema,
    iceServers: z.array(iceServer),
    heartbeatMs: millis,
    /** Seconds since 1970 by the server's clock: what its tokens' ends are measured by. */
    nowSeconds: z.number().check(z.gte(0)),
    /** Raw public key (base64url) that tickets and grants are signed with. */
    orchestratorKey: z.string().check(z.maxLength(200)),
    /** Lets this peer into the connection broker under its id. */
    brokerToken: z.string().check(z.minLength(1), z.maxLength(128)),
  }),
  z.object({ type: z.literal('pools'), pools: z.array(poolSummarySchema).check(z.maxLength(1000)) }),
  /**
   * Sent to members and watchers at every change, and again with a fresh ticket before the old one expires. A member
   * finds its own seat in it and loads that slice. The ticket is the receiver's own: as a stage if it has a seat, else
   * as a driver.
   */
  z.object({ type: z.literal('coalition'), coalition: coalitionSchema, ticket: token }),
  /**
   * To a tab in reserve: load these layers, `[start, end)`, in this order, to take over at once, and be connected to those that
   * it would be linked to then; let go of all others.
   */
  z.object({
    type: z.literal('warm'),
    pool: poolIdSchema,
    layers: z.array(z.object({ start: count, end: count })).check(z.minLength(1), z.maxLength(MAX_STAGES)),
    near: z.array(peerIdSchema).check(z.maxLength(MAX_STAGES)),
  }),
  /** The epoch is over: finish what is running, then free its slice. */
  z.object({ type: z.literal('retire'), pool: poolIdSchema, epoch: count }),
  z.object({ type: z.literal('heartbeat-ack'), at: millis }),
  /** Somebody hears nothing of this tab: is it there? */
  z.object({ type: z.literal('probe'), at: millis }),
  /** To who said that this peer is silent: it is given up, and so are links to it. */
  z.object({ type: z.literal('gone'), peer: peerIdSchema }),
  /** The ask waits: its place (1 is next) among so many, and a sentence for people. Told again when it changes. */
  z.object({
    type: z.literal('ask-queued'),
    ...{ ask, place: count, waiting: count, reason: short },
    /** The same by kind, for pages of other languages. Absent: of an older server. */
    why: z.optional(queueReasonSchema),
  }),
  /** Go: over the coalition of this epoch, whose stages open sessions for this grant; or alone, without one, when `plan.local`. */
  z.object({
    type: z.literal('ask-granted'),
    ask,
    job: jobIdSchema,
    grant: z.optional(token),
    epoch: count,
    /** Which of the pool's rings that is: its next epoch takes this one's place. Absent: 0. */
    ring: z.optional(count),
    plan: routePlanSchema,
    /** What is held for it, in millionths of a credit; the rest is given back at the end. */
    heldMicros: count,
  }),
  z.object({ type: z.literal('ask-refused'), ask, error: errorShape }),
  /** What it costs at most: what stages show no receipt for is given back. */
  z.object({ type: z.literal('ask-settled'), job: jobIdSchema, chargedMicros: count, receiptId: short }),
  /** To the entry stage: drive this request. */
  z.object({ type: z.literal('job-start'), job: jobIdSchema, grant: token, epoch: count, request: jobRequestSchema }),
  z.object({ type: z.literal('job-cancel'), job: jobIdSchema }),
  /** To a stage: sign what you did for this job in this epoch. `goesOn`: by now, and more may come; else it is over. */
  z.object({
    type: z.literal('receipt-request'),
    job: jobIdSchema,
    epoch: count,
    goesOn: z.optional(z.boolean()),
  }),
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
