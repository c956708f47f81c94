// A coalition that worked, for tests of settlement: receipts whose chains agree, to be spoilt one by one.
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import type { EpochSeats, SettlementInput } from './settlement-types.ts';

export const JOB = 'a'.repeat(32) as JobId;
export const NONCE = 'b'.repeat(32);
const SERVER = '5e'.repeat(16) as PeerId;
export const POOL = 'owner/name@main:q4';
export const PRICE = { promptMicros: 6, completionMicros: 24 };
export const PROMPT = 10;

export const peerNamed = (index: number): PeerId => index.toString(16).padStart(32, '0') as PeerId;
export const sessionNamed = (index: number): SessionId => index.toString(16).padStart(16, '0') as SessionId;

/** Stages between these layers: `[0, 2, 6]` are `[0, 2)` and `[2, 6)`. Peers are numbered from `firstPeer`. */
export function epochOf(epoch: number, cuts: readonly number[], firstPeer = epoch * 16): EpochSeats {
  const seats = cuts.slice(1).map((end, index) => ({ peer: peerNamed(firstPeer + index), start: cuts[index]!, end }));
  return { epoch, seats };
}

export interface Worked {
  session: SessionId;
  from: number;
  to: number;
  /** The furthest frame began here; the position before `to` unless said. */
  lastFrom?: number;
  /** Three unless said. */
  frames?: number;
}

/** What all stages of an epoch sign after a session without a fault. */
export function workOf(used: EpochSeats, worked: Worked): Receipt[] {
  const { session, from, to, lastFrom = Math.max(from, to - 1), frames = 3 } = worked;
  /** Stands for the hash of what passed there. */
  const edge = (layer: number): string =>
    `${layer}.${session}.${used.epoch}`
      .replace(/[^0-9]/g, 'e')
      .padEnd(64, 'c')
      .slice(0, 64);
  const about = { server: SERVER, job: JOB, nonce: NONCE, pool: POOL };
  const base = { ...about, session, epoch: used.epoch, frames, from, lastFrom, to };
  return used.seats.map(
    ({ peer, start, end }): Receipt => ({
      ...base,
      ...{ peer, start, end, computeMs: 1, chainIn: edge(start), chainOut: edge(end) },
    }),
  );
}

/** One answer without a fault: `tokens` came out of each epoch in turn, each of which computed all positions before anew. */
export function inputOf(
  parts: readonly { used: EpochSeats; tokens: number }[],
  { promptTokens = PROMPT, cachedTokens = 0, maxTokens = 1000 } = {},
): SettlementInput & { receipts: Receipt[] } {
  let to = promptTokens - 1;
  const receipts = parts.flatMap(({ used, tokens }, index) => {
    to += tokens;
    return workOf(used, { session: sessionNamed(index + 1), from: index === 0 ? cachedTokens : 0, to });
  });
  return {
    job: { id: JOB, nonce: NONCE, pool: POOL },
    layers: parts[0]!.used.seats.at(-1)!.end,
    price: PRICE,
    most: { promptTokens, maxTokens, choices: 1 },
    epochs: parts.map(({ used }) => used),
    receipts,
    paidTokens: cachedTokens,
    ahead: 0,
    loopAhead: 256,
    delivery: {
      promptTokens,
      cachedTokens,
      choices: [parts.map(({ used: { epoch }, tokens }) => ({ epoch, tokens }))],
    },
  };
}

/** What a prompt and so many tokens cost. */
export const costOf = (tokens: number, cached = 0): number =>
  (PROMPT - cached) * PRICE.promptMicros + tokens * PRICE.completionMicros;
