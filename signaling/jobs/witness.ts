// What the witness of a job's delivery saw: over HTTP the server, from what it relayed; in a chat the client, from what it
// signed. Pure but for the job that it is given.
import { checkDelivery, type SignedDelivery } from '../../protocol/delivery.ts';
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
  const { promptTokens, cachedTokens } = job.usage;
  if (job.request) return { promptTokens, cachedTokens, choices: job.delivered.slice(0, MAX_CHOICES) };
  const note = lastWordOf(job)?.note;
  if (!note) return undefined;
  // The prompt is as long as it was when the grant was asked for: the hold was reckoned by that.
  return { promptTokens, cachedTokens: Math.min(note.cachedTokens, job.paidTokens), choices: [note.delivered] };
}

/** The most that a chat's client has signed for: at its end to the server, or on the way to who ran its loop, which shows it. */
export const lastWordOf = (job: LiveJob): SignedDelivery | undefined =>
  job.note && job.acknowledged && saysAsMuch(job.acknowledged, job.note)
    ? job.acknowledged
    : (job.note ?? job.acknowledged);

/** What the answer costs at most, in micros: known at its end, before any stage has shown a receipt. */
export function billFor(job: LiveJob): number {
  const delivery = deliveryOf(job);
  if (!delivery || job.heldMicros === 0) return 0;
  return billOf(clampDelivery(delivery, job.most), job.price);
}

/** Where the planner asked for drafts, as many may have been fed ahead of what the client had received. */
export const aheadOf = ({ plan }: LiveJob): number => (plan && plan.drafter !== 'none' ? MAX_DRAFT_WINDOW : 0);

/** The note if it is this job's, and its client signed it. One that says less than an earlier one changes nothing. */
export async function takeNote(server: PeerId, job: LiveJob, signed: SignedDelivery): Promise<boolean> {
  if (!(await isSound(server, job, signed)) || !saysAsMuch(signed, job.note)) return false;
  job.note = signed;
  return true;
}

/** The same for what its client said on the way, to who ran its loop. */
export async function takeAcknowledged(server: PeerId, job: LiveJob, signed: SignedDelivery): Promise<void> {
  if ((await isSound(server, job, signed)) && saysAsMuch(signed, job.acknowledged)) job.acknowledged = signed;
}

const saysAsMuch = ({ note }: SignedDelivery, before: SignedDelivery | undefined): boolean =>
  !before || tokensOf(before.note.delivered) <= tokensOf(note.delivered);

async function isSound(server: PeerId, job: LiveJob, signed: SignedDelivery): Promise<boolean> {
  const { note } = signed;
  if (
    note.server !== server ||
    note.job !== job.id ||
    note.nonce !== job.nonce ||
    note.pool !== job.pool ||
    note.peer !== job.driver
  )
    return false;
  return checkDelivery(signed).then(
    () => true,
    () => false,
  );
}
