// What the witness of a job's delivery saw: over HTTP the server, from what it relayed; in a chat the client, from what it
// signed. Pure but for the job that it is given.
import { checkDelivery, type DeliveryNote, type SignedDelivery } from '../../protocol/delivery.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_CHOICES, MAX_DRAFT_WINDOW } from '../../protocol/limits.ts';
import { billOf, clampDelivery, tokensOf } from '../settlement/bill.ts';
import type { Delivery } from '../settlement/settlement-types.ts';
import type { LiveJob } from './live-job.ts';
import { PaidAnswers } from './paid-answers.ts';

/** These ids of a choice were relayed from the coalition that works on it now. */
export function countRelayed(job: LiveJob, choice: number, ids: readonly number[]): void {
  const parts = job.delivered[choice];
  const epoch = job.epochs.at(-1)?.epoch;
  // The first ones may have been paid for when the same was asked before.
  const counted = ids.length - (job.paidBefore ? PaidAnswers.countAgain(job.paidBefore, ids) : 0);
  if (!parts || epoch === undefined || counted === 0) return;
  const last = parts.at(-1);
  if (last?.epoch === epoch) last.tokens += counted;
  else parts.push({ epoch, tokens: counted });
}

/** Undefined in a chat whose client has signed nothing. */
export function deliveryOf(job: LiveJob): Delivery | undefined {
  if (!job.request) {
    const note = job.note?.note;
    if (!note) return undefined;
    const cachedTokens = Math.min(note.cachedTokens, job.paidTokens);
    // The prompt is as long as it was when the grant was asked for: the hold was reckoned by that.
    return { promptTokens: job.usage.promptTokens, cachedTokens, choices: [note.delivered] };
  }
  const { promptTokens, cachedTokens } = job.usage;
  return { promptTokens, cachedTokens, choices: job.delivered.slice(0, MAX_CHOICES) };
}

/** What the answer costs at most, in micros: known at its end, before any stage has shown a receipt. */
export function billFor(job: LiveJob): number {
  const delivery = deliveryOf(job);
  if (!delivery || job.heldMicros === 0) return 0;
  return billOf(
    clampDelivery(delivery, job.most, (epoch) => isUsed(job, epoch)),
    job.price,
  );
}

/** Where the planner asked for drafts, the client may have fed as many ahead of what it had received. */
export const aheadOf = ({ plan }: LiveJob): number => (plan && plan.drafter !== 'none' ? MAX_DRAFT_WINDOW : 0);

/** The note if it is this job's, and its client signed it. One that says less than an earlier one changes nothing. */
export async function takeNote(server: PeerId, job: LiveJob, signed: SignedDelivery): Promise<boolean> {
  const { note } = signed;
  if (
    note.server !== server ||
    note.job !== job.id ||
    note.nonce !== job.nonce ||
    note.pool !== job.pool ||
    note.peer !== job.driver
  )
    return false;
  const before = job.note?.note;
  if (before && tokensOf(before.delivered) > tokensOf(note.delivered)) return false;
  const isSound = await checkDelivery(signed).then(
    () => true,
    () => false,
  );
  if (isSound) job.note = signed;
  return isSound;
}

/** Whether the client's note covers more of the bill than one before it. */
export function saysMore({ note }: LiveJob, before: DeliveryNote | undefined): boolean {
  if (!note || !before) return note !== undefined;
  const { delivered, cachedTokens } = note.note;
  return tokensOf(delivered) > tokensOf(before.delivered) || cachedTokens < before.cachedTokens;
}

const isUsed = (job: LiveJob, epoch: number): boolean => job.epochs.some((used) => used.epoch === epoch);
