// The end of a job: receipts are gathered and kept, weighed by the pure settlement, and paid in one ledger event. May be
// called again for the same job: it pays once.

import type { Logger } from 'pino';
import type { PeerId } from '../../protocol/ids.ts';
import { checkReceipt, type SignedReceipt } from '../../protocol/receipt.ts';
import type { Accounts } from '../accounts/account-types.ts';
import type { Ledger, Payment } from '../ledger/ledger-types.ts';
import { type OwnerId, ownerOfPeer } from '../ledger/owner.ts';
import type { ReceiptStore } from '../settlement/receipt-store.ts';
import { type SettlementPlan, settleReceipts } from '../settlement/settle-receipts.ts';
import type { ReceiptCollector } from './collect-receipts.ts';
import type { LiveJob } from './live-job.ts';

export interface SettleDeps {
  ledger: Ledger;
  receipts: ReceiptStore;
  collector: ReceiptCollector;
  accounts: Pick<Accounts, 'ownerOf'>;
  logger: Logger;
}

/** Pays for what the receipts cover and releases the rest of the hold. */
export async function settleJob(
  job: LiveJob,
  layers: number,
  deps: SettleDeps,
): Promise<{ chargedMicros: number; settlement: SettlementPlan | undefined }> {
  if (job.heldMicros === 0 || job.epochs.length === 0) {
    await deps.ledger.release(job.id);
    return { chargedMicros: 0, settlement: undefined };
  }
  const driver = await ownDriverReceipts(job);
  const stages = await deps.collector.collect(job.id, job.epochs, driver);
  await deps.receipts.save(job.id, [...driver, ...stages]);
  const settlement = settleReceipts({
    job: {
      ...{ id: job.id, nonce: job.nonce, pool: job.pool, choices: job.choices },
      // A driver that calls fewer positions prompt than there can be would ask for more than is held.
      promptTokens: Math.max(job.usage.promptTokens, lastPosition([...driver, ...stages]) - job.maxTokens),
    },
    layers,
    price: job.price,
    holdMicros: job.heldMicros,
    epochs: job.epochs,
    receipts: stages.map(({ receipt }) => receipt),
    driver: driver.map(({ receipt }) => receipt),
  });
  const payments = await paymentsTo(settlement.payments, deps.accounts);
  const { chargedMicros } = await deps.ledger.settle({ job: job.id, payments });
  const { gaps, disputes } = settlement;
  if (gaps.length > 0 || disputes.length > 0) {
    deps.logger.info({ job: job.id, gaps: gaps.length, disputes: disputes.length }, 'settled in part');
  }
  return { chargedMicros, settlement };
}

const lastPosition = (signed: readonly SignedReceipt[]): number =>
  Math.max(0, ...signed.map(({ receipt }) => receipt.to));

/** What the driver of this job signed: each session and epoch once, the last word counts. */
async function ownDriverReceipts(job: LiveJob): Promise<SignedReceipt[]> {
  const last = new Map<string, SignedReceipt>();
  for (const signed of job.driverReceipts) {
    const { receipt } = signed;
    if (receipt.role !== 'driver' || receipt.job !== job.id || !job.drivers.has(receipt.peer)) continue;
    const isSound = await checkReceipt(signed).then(
      () => true,
      () => false,
    );
    if (isSound) last.set(`${receipt.epoch}/${receipt.session}`, signed);
  }
  return [...last.values()];
}

/** A peer's earnings go to the account that owns it. */
async function paymentsTo(
  payments: readonly { peer: PeerId; amountMicros: number }[],
  accounts: Pick<Accounts, 'ownerOf'>,
): Promise<Payment[]> {
  const sums = new Map<OwnerId, number>();
  for (const { peer, amountMicros } of payments) {
    if (amountMicros === 0) continue;
    const account = await accounts.ownerOf(peer);
    const to = ownerOfPeer(peer, account);
    sums.set(to, (sums.get(to) ?? 0) + amountMicros);
  }
  return [...sums].map(([to, amountMicros]) => ({ to, amountMicros }));
}
