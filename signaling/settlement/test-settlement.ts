// A coalition that worked, for tests of settlement: receipts whose chains agree, to be spoilt one by one.
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import { maxCost } from './price-of.ts';
import type { EpochSeats, SettlementInput } from './settlement-types.ts';

export const JOB = 'a'.repeat(32) as JobId;
export const NONCE = 'b'.repeat(32);
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
  /** Three per session unless said. */
  frames?: number;
}

/** What all stages of an epoch and its driver sign after a session without a fault. */
export function workOf(used: EpochSeats, worked: Worked): { stages: Receipt[]; driver: Receipt } {
  const { session, from, to, frames = 3 } = worked;
  const layers = used.seats.at(-1)!.end;
  /** Stands for the hash of what passed there. */
  const edge = (layer: number | 'results'): string =>
    `${layer}.${session}.${used.epoch}`
      .replace(/[^0-9]/g, 'e')
      .padEnd(64, 'c')
      .slice(0, 64);
  const base = { job: JOB, nonce: NONCE, pool: POOL, session, epoch: used.epoch, frames, from, to, computeMs: 1 };
  const stages = used.seats.map(
    ({ peer, start, end }): Receipt => ({
      ...base,
      ...{ role: 'stage', peer, start, end },
      chainIn: edge(start),
      chainOut: edge(end === layers ? 'results' : end),
    }),
  );
  const driver: Receipt = {
    ...base,
    ...{ role: 'driver', peer: peerNamed(0xd), start: 0, end: layers, computeMs: 0 },
    chainIn: edge(0),
    chainOut: edge('results'),
  };
  return { stages, driver };
}

/** All of it, honest, with a hold for `maxTokens` after the prompt. */
export function inputOf(
  works: readonly { used: EpochSeats; worked: Worked }[],
  { choices = 1, maxTokens = 1000, promptTokens = PROMPT } = {},
): SettlementInput & { receipts: Receipt[]; driver: Receipt[] } {
  const signed = works.map(({ used, worked }) => workOf(used, worked));
  return {
    job: { id: JOB, nonce: NONCE, pool: POOL, promptTokens, choices },
    layers: works[0]!.used.seats.at(-1)!.end,
    price: PRICE,
    holdMicros: maxCost({ promptTokens, maxTokens, choices, price: PRICE }),
    epochs: [...new Set(works.map(({ used }) => used))],
    receipts: signed.flatMap(({ stages }) => stages),
    driver: signed.map(({ driver }) => driver),
  };
}
