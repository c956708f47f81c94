// One paid session's dealings with the escrow: reads what the chain says of it, sends its steps, and books who has had what of what was
// paid. Decides nothing.
import type { Address, Hex } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import { signQuote } from '../../protocol/quote.ts';
import { ChainRefusal, chainFault } from '../chain/chain-error.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { MarketSeats } from './market-seats.ts';
import { NOT_OPENED, type PaidSession, STATES } from './paid-session.ts';
import type { Sent } from './pay-up.ts';
import type { SessionStore } from './session-store.ts';
import { countSplitTicks } from './split-ticks.ts';
import { callOf, inputOf, type TransitionName, workflowOf } from './step-workflows.ts';

export interface SessionChainOptions {
  chain: OpenChain;
  sender: ChainSender;
  store: SessionStore;
  seatsOf(contract: Address): MarketSeats;
  /** What the chain says of it changes. */
  onSent(session: Hex): void;
}

/** Money runs until they are there. */
const URGENT: readonly string[] = ['rest', 'close'];

export class SessionChain {
  readonly #options: SessionChainOptions;

  constructor(options: SessionChainOptions) {
    this.#options = options;
  }

  /** Resolves when the chain has it. */
  async send(
    session: PaidSession,
    step: string,
    functionName: TransitionName,
    args: readonly unknown[],
  ): Promise<void> {
    await (await this.begin(session, step, functionName, args)).mined;
  }

  /** As the workflow of this transition says it, which is what a payer may export as well. */
  async begin(
    { key }: PaidSession,
    step: string,
    functionName: TransitionName,
    args: readonly unknown[],
  ): Promise<Sent> {
    const { sender, chain, onSent } = this.#options;
    onSent(key);
    const name = await sender.keyFor(key, step);
    const place = { chainId: chain.chain.id, contract: chain.contracts.escrow };
    const call = callOf(workflowOf(functionName, place), place, inputOf(functionName, args));
    return sender.begin({ key: name, subject: key, step, ...call, isUrgent: URGENT.includes(step) });
  }

  /** Where it cannot be opened nobody would be paid by the second: its answers end, and what they were worth is settled. */
  async open(session: PaidSession): Promise<void> {
    try {
      await this.send(session, 'open', 'open', [session.quote, session.payer, await this.signed(session)]);
    } catch (thrown) {
      const fault = chainFault(thrown);
      if (!(fault instanceof ChainRefusal)) throw fault;
      await this.sync(session);
      if (session.chain.state !== 'none') return;
      session.endAskedAt ??= Math.floor(Date.now() / 1000);
      session.outcome = `It could not be opened (${fault.reason}).`;
      await this.#options.store.save(session);
    }
  }

  /** The orchestrator's signature of its quote, with its payer in it. */
  signed({ quote, payer }: PaidSession): Promise<Hex> {
    const { account, chain, contracts } = this.#options.chain;
    return signQuote(account, { chainId: chain.id, escrow: contracts.escrow }, quote, payer);
  }

  /** What the chain says of it now; gives what has been paid of it. */
  async read(session: PaidSession): Promise<bigint> {
    const { chain } = this.#options;
    const at = { address: chain.contracts.escrow, abi: ESCROW_ABI } as const;
    const known = await chain.reader.readContract({ ...at, functionName: 'sessionOf', args: [session.key] });
    const state = STATES[known.state]!;
    const { openedAt } = session.chain;
    // Taken back with its opening: of another one nobody has had anything yet.
    if (openedAt !== 0 && known.openedAt !== openedAt) forgetPaid(session);
    session.chain =
      state === 'none'
        ? NOT_OPENED
        : {
            ...{ state, rateWei: known.rate, openedAt: known.openedAt, since: known.since },
            ...{ paidUntil: known.paidUntil, closeAfter: known.closeAfter, paidWei: known.paid },
          };
    return state === 'open'
      ? chain.reader.readContract({ ...at, functionName: 'paidOf', args: [session.quote] })
      : known.paid;
  }

  /**
   * The same, and who has had what of what was paid since. Within the market pool's turn: what another step has paid meanwhile went by
   * other units.
   */
  async sync(session: PaidSession): Promise<void> {
    const { chain, sender, seatsOf, store } = this.#options;
    const paidWei = await this.read(session);
    if (session.chain.state === 'none' || paidWei <= session.hadOfWei) return;
    const { units, operatorUnits } = seatsOf(session.quote.pool);
    await countSplitTicks(session, { chain, sender, operatorUnits });
    // The others were paid by units.
    const newly = paidWei > session.hadOfWei ? paidWei - session.hadOfWei : 0n;
    for (const [address, count] of units) {
      const share = (newly * BigInt(count)) / BigInt(operatorUnits);
      session.had.set(address, (session.had.get(address) ?? 0n) + share);
    }
    session.hadOfWei += newly;
    await store.save(session);
  }
}

function forgetPaid(session: PaidSession): void {
  session.had.clear();
  session.hadOfWei = 0n;
  session.splitTicks = 0;
}
