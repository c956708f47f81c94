// USDC as the second funding, on a real chain: what the suite says of every funding holds to the wei but for five seconds of a stream.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import type { OwnerId } from '../ledger/owner.ts';
import { paidOwner } from '../ledger/owner.ts';
import { fundingCompliance } from '../money/funding-compliance.ts';
import { picoOfWei, weiOfUsdc } from './amounts.ts';
import { leftOf } from './paid-session.ts';
import type { PayMode } from './plan-offer.ts';
import { TestMarket } from './test-market.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
/** A ten-millionth of a dollar. */
const UNIT_PICO = 100_000;
/** The treasury has the others. */
const OPERATORS = 7_000n;

describe.runIf(isThere)('with a chain', () => {
  for (const mode of ['ticks', 'stream'] as const) suite(mode);
});

function suite(mode: PayMode): void {
  let market: TestMarket;
  afterAll(() => market?.close());
  fundingCompliance(`USDC, by ${mode}`, async () => {
    // 2e12 wei a second: five seconds of it are a hundredth of what the suite's peers earn.
    market = await TestMarket.open({ price: { promptMicros: 500, completionMicros: 2_222 }, tokensPerSecond: 1_000 });
    const keys = new Map<OwnerId, `0x${string}`>();
    return {
      funding: {
        // Another one begins with each server: the suite speaks to the one that runs.
        ...{
          reserve: (of) => market.payments.funding.reserve(of),
          release: (of) => market.payments.funding.release(of),
        },
        ...{
          began: (...of) => market.payments.funding.began(...of),
          moved: (...of) => market.payments.funding.moved(...of),
        },
        settle: (of) => market.payments.funding.settle(of),
      },
      unitMicros: UNIT_PICO,
      withinMicros: 5 * 2_000_000 + 1_000_000,
      async newPayer(amountPico) {
        const wallet = await market.newWallet(1_000_000n);
        const { session } = await market.pay(wallet, { answerPico: amountPico }, mode);
        const owner = paidOwner(session.key);
        keys.set(owner, session.key);
        return owner;
      },
      async spendableOf(payer) {
        const session = (await market.payments.read(keys.get(payer)!))!;
        if (session.state !== 'over') return picoOfWei(leftOf(session));
        // What is in the wallet again, but for what fee and buffer had of it beside the work.
        const spent = 1_000_000n - (await market.usdcOf(session.payer)) - session.quote.fee;
        return picoOfWei(session.spendWei) - picoOfWei(weiOfUsdc(spent));
      },
      async earnedBy(peer) {
        for (const key of keys.values()) {
          const session = await market.payments.read(key);
          if (session?.state !== 'live' || session.jobs.size > 0 || session.worthWei === 0n) continue;
          await market.payments.end(session);
          await market.untilOver(key);
        }
        return picoOfWei(((await market.receivedBy(market.payoutOf(peer))) * 10_000n) / OPERATORS);
      },
    };
  });
}
