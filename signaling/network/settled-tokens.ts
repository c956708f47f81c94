// How many tokens of an answer were given and shown: what its witness saw, as far as receipts cover it. Nobody's word alone. Pure.
import type { LiveJob } from '../jobs/live-job.ts';
import { deliveryOf } from '../jobs/witness.ts';
import { tokensOf } from '../settlement/bill.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';

export function settledTokens(job: LiveJob, { payments }: SettlementPlan): number {
  const layers = job.epochs[0]?.seats.at(-1)?.end ?? 0;
  if (layers === 0) return 0;
  const positions = Math.round(payments.reduce((sum, { cells }) => sum + cells, 0) / layers);
  const delivery = deliveryOf(job);
  // Its client vanished: what all seats agree on counts, the prompt included.
  if (!delivery) return Math.max(0, positions - job.usage.promptTokens);
  const delivered = delivery.choices.reduce((sum, choice) => sum + tokensOf(choice), 0);
  return Math.min(delivered, positions);
}
