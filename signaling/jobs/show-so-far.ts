// What stages of running answers can show by now, where whoever leaves in mid-answer is to be paid for it: a tab that was closed signs
// nothing any more. Asked for every few seconds; the last word of each seat is kept until the answer ends, also in its row: a server that
// is killed in mid-answer leaves it to the next one.
import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

/** A tab that vanishes is unpaid for so long at most. */
const EVERY_MS = 10_000;

/** Asks until the returned function is called. */
export function watchShown(context: JobContext, everyMs = context.shownEveryMs ?? EVERY_MS): () => void {
  const timer = setInterval(() => {
    for (const job of context.jobs.values()) if (isOfLeavers(context, job)) ask(context, job);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** What a seat of its epochs says: kept where it signed it. */
export async function keepShown(
  { jobs, collector, store, keep }: Pick<JobContext, 'jobs' | 'collector' | 'store' | 'keep'>,
  said: { peer: PeerId; job: JobId; epoch: number; receipts: readonly SignedReceipt[] },
): Promise<void> {
  const { peer, epoch, receipts } = said;
  const job = jobs.get(said.job);
  const isSeat = job?.epochs.some((used) => used.epoch === epoch && used.seats.some((seat) => seat.peer === peer));
  if (!job || !isSeat || job.state === 'over') return;
  const checked = await collector.check(receipts, { peer, job: job.id, epoch });
  if (checked.length === 0) return;
  job.shown.set(keyOf(peer, epoch), checked);
  unwritten.add(job);
  if (!writing.has(job)) keep(writeShown(store, job));
}

/** Rows behind what was shown, and rows that are being written: what seats say meanwhile is written together. */
const unwritten = new WeakSet<LiveJob>();
const writing = new WeakSet<LiveJob>();

async function writeShown(store: JobContext['store'], job: LiveJob): Promise<void> {
  writing.add(job);
  try {
    while (unwritten.delete(job)) await store.saveShown(job);
  } finally {
    writing.delete(job);
  }
}

/** `collected` at its end, and what those showed on the way who say nothing any more. */
export function withShown({ shown }: Pick<LiveJob, 'shown'>, collected: readonly SignedReceipt[]): SignedReceipt[] {
  const said = new Set(collected.map(({ receipt: { peer, epoch } }) => keyOf(peer, epoch)));
  return [...collected, ...[...shown].flatMap(([key, receipts]) => (said.has(key) ? [] : receipts))];
}

/** A chat's own client signs for what it received: nobody but a caller over HTTP pays so. */
const isOfLeavers = ({ fundingOf }: JobContext, { state, request, heldMicros, pool }: LiveJob): boolean =>
  state === 'running' && request !== undefined && heldMicros > 0 && fundingOf(pool).paysLeavers === true;

function ask({ send }: JobContext, { id: job, epochs }: LiveJob): void {
  const now = epochs.at(-1);
  for (const { peer } of now?.seats ?? [])
    send(peer, { type: 'receipt-request', job, epoch: now!.epoch, goesOn: true });
}

const keyOf = (peer: PeerId, epoch: number): string => `${peer}/${epoch}`;
