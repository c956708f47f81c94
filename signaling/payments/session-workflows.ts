// All transitions of one paid session as workflows that a person may take to KeeperHub: what is known of it stands in them. Those that
// anybody may send, its end at its deadline and its refund, wait for nothing but their time.
import type { Address } from 'viem';
import type { PaidSession } from './paid-session.ts';
import { workflowOf } from './step-workflows.ts';
import type { Workflow } from './workflow-shape.ts';

export interface SessionPlaces {
  chainId: number;
  escrow: Address;
}

export function workflowsOf({ quote, payer, chain }: PaidSession, { chainId, escrow }: SessionPlaces): Workflow[] {
  const atEscrow = { chainId, contract: escrow };
  const atPool = { chainId, contract: quote.pool };
  const deadline = chain.state === 'open' ? chain.paidUntil : quote.openBefore + quote.maxSeconds;
  return [
    workflowOf('fund', atEscrow, { known: { quote } }),
    workflowOf('open', atEscrow, { known: { quote, payer } }),
    workflowOf('setRate', atEscrow, { known: { quote }, title: 're-rate' }),
    workflowOf('topUp', atEscrow, { known: { quote }, title: 'top up' }),
    workflowOf('tick', atEscrow, { known: { quote }, title: 'pay up' }),
    workflowOf('setSeats', atPool, { title: 'units' }),
    workflowOf('close', atEscrow, { known: { quote } }),
    workflowOf('close', atEscrow, {
      ...{ known: { quote, worth: 0n }, title: 'deadline', trigger: scheduleAt(deadline) },
    }),
    workflowOf('settle', atEscrow, { known: { quote, payer } }),
    workflowOf('reclaim', atEscrow, { known: { quote, payer }, trigger: scheduleAt(quote.openBefore) }),
    workflowOf('sweepDust', atPool, { title: 'sweep' }),
  ];
}

/** In the minute after it, each year: both calls do nothing a second time. */
function scheduleAt(seconds: number) {
  const at = new Date((Math.floor(seconds / 60) + 1) * 60_000);
  const cron = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, '*'].join(' ');
  return { triggerType: 'Schedule', scheduleCron: cron, scheduleTimezone: 'UTC' } as const;
}
