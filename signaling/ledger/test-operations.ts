// A fixed list of ledger operations, named by words, and what they come to: for tests that kill whoever carries them out.

import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { Ledger } from './ledger-types.ts';
import { type AccountId, accountOwner, type OwnerId, peerOwner } from './owner.ts';
import { SOON } from './test-ledger.ts';

export const GRANT_MICROS = 1_000_000;
const HOLD_MICROS = 1000;
const PEERS = 3;

/** `hold:7`, `settle:7`, `release:8`, `claim:4`. */
export type Operation = string;

const hex = (index: number): string => index.toString(16).padStart(32, '0');
export const PAYER = accountOwner('payer' as AccountId);
export const COLLECTOR = accountOwner('collector' as AccountId);
const peerAt = (index: number): PeerId => hex(index % PEERS) as PeerId;
export const peerOwners: OwnerId[] = Array.from({ length: PEERS }, (_, index) => peerOwner(peerAt(index)));

/** By lane: within one, each waits for the one before it. Every fourth job is released, every fifth is followed by a claim. */
export const sequencesOf = (jobs: number): Operation[][] => [
  ...Array.from({ length: jobs }, (_, job) => [
    `hold:${job}`,
    isReleased(job) ? `release:${job}` : `settle:${job}`,
    ...(job % 5 === 4 ? [`claim:${job}`] : []),
  ]),
];

export async function carryOut(ledger: Ledger, operation: Operation): Promise<void> {
  const [verb, digits] = operation.split(':');
  const index = Number(digits);
  const job = hex(index) as JobId;
  if (verb === 'hold') await ledger.hold({ job, payer: PAYER, amountMicros: HOLD_MICROS, expiresAt: SOON });
  if (verb === 'settle') {
    const payments = peerOwners.map((to, at) => ({ to, amountMicros: amountOf(index, at) }));
    await ledger.settle({ job, payments });
  }
  if (verb === 'release') await ledger.release(job);
  if (verb === 'claim') await ledger.claim(peerAt(index), COLLECTOR);
}

/** What the payer has been charged when all jobs are over. */
export const chargedBy = (jobs: number): number =>
  Array.from({ length: jobs }, (_, job) =>
    isReleased(job) ? 0 : peerOwners.reduce((s, _p, at) => s + amountOf(job, at), 0),
  ).reduce((sum, micros) => sum + micros, 0);

/** The key under which the ledger notes it; claims have no fixed one. */
export const keyOf = (operation: Operation): string | undefined => {
  const [verb, digits] = operation.split(':');
  return verb === 'claim' ? undefined : `${verb}:${hex(Number(digits))}`;
};

const isReleased = (job: number): boolean => job % 4 === 3;
const amountOf = (job: number, payee: number): number => 1 + ((job * 31 + payee * 7) % 300);
