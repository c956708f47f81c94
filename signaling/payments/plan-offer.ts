// What a paid session costs to have, and which of the two ways to pay its operators fits: by the second, or at its end. Pure.
import type { Price } from '../../protocol/credits.ts';
import { usdcOfWei, weiOfPico } from './amounts.ts';

export type PayMode = 'stream' | 'ticks';

/** What a chain takes, in wei of a dollar (18 digits), as far as it is known. */
export interface ChainCosts {
  /** Gas of a session that streams: fund, open, close. */
  streamGasWei: bigint;
  /** Gas of one that is settled at once: fund, settle. */
  ticksGasWei: bigint;
  /** Seconds of its rate that Superfluid locks as buffer. */
  bufferSeconds: number;
  /** Least buffer of the token. */
  leastBufferWei: bigint;
  /** Seconds that the escrow keeps in hand. */
  graceSeconds: number;
  /** USDC, 6 digits: whoever closes a forgotten session. */
  bounty: bigint;
}

export interface Ask {
  price: Price;
  /** What the pool's coalition is predicted to give one answer. */
  tokensPerSecond: number;
  /** One of the three: what one answer may cost, how long answers are to run, or what is to be spent. */
  want: { answerPico: number } | { seconds: number } | { dollarsWei: bigint };
  mode?: PayMode | undefined;
}

export interface OfferTerms {
  mode: PayMode;
  /** One sentence for people. */
  reason: string;
  /** Wei a second that streams; a multiple of 10,000. 0 with `ticks`. */
  rateWei: bigint;
  maxRateWei: bigint;
  /** Answers may cost so much together. */
  spendWei: bigint;
  /** USDC, 6 digits. */
  fee: bigint;
  /** What the payer signs for: spend, fee and what is locked meanwhile. All that is left goes back. */
  amount: bigint;
  maxSeconds: number;
  /** Answers are expected to run for about so long together; for people. */
  aboutSeconds: number;
}

/** So much of what the work is expected to be worth streams; receipts bring the rest. */
const STREAM_PERCENT = 90n;
const UNITS = 10_000n;
/** An answer reads its prompt faster than it writes: receipts may be worth so many times the rate for a while, */
const BURST = 20n;
/** and all that is spent after so many seconds: whoever ends a session that was quick waits no longer for the rest. */
const SOON_SECONDS = 5n * 60n;
/** Below this part of the spend gas is not worth a word. */
const GAS_PERCENT = 7n;
const FEE_PERCENT = 120n;
/** Tokens a second. */
const MOST_PACE = 1000;
const ANSWER_SECONDS = 600;
/** As a grant. */
const MOST_ANSWER_SECONDS = 1800;
const MAX_SECONDS = 24 * 3600;
/** An offer in dollars may be used up at a quarter of the pace that was predicted. */
const SLACK = 4;
/** A session may be topped up to so many times what it was made for. */
const TOP_UPS = 20n;

export function planOffer(ask: Ask, costs: ChainCosts): OfferTerms {
  const tokenWei = weiOfPico(ask.price.completionMicros);
  // What tabs say of their pace is a number of any size: it is believed within what a pool may give.
  const pace = Math.min(MOST_PACE, Math.max(0.001, ask.tokensPerSecond));
  const paceWei = (tokenWei * BigInt(Math.round(pace * 1000))) / 1000n;
  const rateWei = floorTo((paceWei * STREAM_PERCENT) / 100n, UNITS);
  const lockedWei = lockedFor(rateWei, costs);
  const gasFee = (gasWei: bigint): bigint => usdcOfWei((gasWei * FEE_PERCENT) / 100n);
  // What is settled at once is never forgotten open: nobody waits for a bounty.
  const [streamFee, ticksFee] = [costs.bounty + gasFee(costs.streamGasWei), gasFee(costs.ticksGasWei)];
  const spendOf = (fee: bigint, locked: bigint): bigint => spend(ask, paceWei, fee, locked);
  const streamSpend = spendOf(streamFee, lockedWei);
  const { mode, reason } = pick(ask, { rateWei, streamSpend, lockedWei, gasWei: costs.streamGasWei });
  const spendIn = mode === 'stream' ? streamSpend : spendOf(ticksFee, 0n);
  const seconds = secondsOf(ask, spendIn, paceWei);
  const aboutSeconds = Math.min(seconds, Number(spendIn / (paceWei > 0n ? paceWei : 1n)));
  if (mode === 'stream') {
    const amount = usdcOfWei(streamSpend + lockedWei) + streamFee;
    return {
      ...{
        mode,
        reason,
        rateWei,
        maxRateWei: larger(rateWei * BURST, streamSpend / SOON_SECONDS),
        spendWei: streamSpend,
      },
      ...{ fee: streamFee, amount, maxSeconds: seconds, aboutSeconds },
    };
  }
  const fee = ticksFee;
  const spendWei = spendOf(fee, 0n);
  // The whole of it within its time. What is paid in bounds it as well: beyond that, only more money makes room.
  const perSecond = spendWei / BigInt(seconds) + 1n;
  const maxRateWei = 'answerPico' in ask.want ? perSecond : TOP_UPS * perSecond;
  return {
    mode,
    reason,
    rateWei: 0n,
    maxRateWei,
    spendWei,
    fee,
    amount: usdcOfWei(spendWei) + fee,
    maxSeconds: seconds,
    aboutSeconds,
  };
}

function pick(
  { mode, want }: Ask,
  { rateWei, streamSpend, lockedWei, gasWei }: Record<'rateWei' | 'streamSpend' | 'lockedWei' | 'gasWei', bigint>,
): Pick<OfferTerms, 'mode' | 'reason'> {
  const canStream = rateWei > 0n && streamSpend > 0n;
  if (mode === 'stream' && canStream) return { mode, reason: 'A stream was asked for.' };
  if (mode === 'ticks') return { mode, reason: 'One payment at the end was asked for.' };
  if (!canStream) return { mode: 'ticks', reason: 'What is to be spent does not carry the buffer of a stream.' };
  if ('answerPico' in want) return { mode: 'ticks', reason: 'One answer is paid for once, at its end.' };
  if (gasWei * 100n > streamSpend * GAS_PERCENT) {
    return { mode: 'ticks', reason: `A stream’s gas would be more than ${GAS_PERCENT} % of what is spent.` };
  }
  if (lockedWei > streamSpend) {
    return { mode: 'ticks', reason: 'A stream would lock more than is spent.' };
  }
  return { mode: 'stream', reason: 'Operators are paid by the second: gas and buffer are small beside what is spent.' };
}

function spend({ want }: Ask, paceWei: bigint, fee: bigint, lockedWei: bigint): bigint {
  if ('answerPico' in want) return weiOfPico(want.answerPico);
  if ('seconds' in want) return paceWei * BigInt(Math.ceil(want.seconds));
  const left = want.dollarsWei - lockedWei - fee * 10n ** 12n;
  return left > 0n ? left : 0n;
}

function secondsOf({ want }: Ask, spendWei: bigint, paceWei: bigint): number {
  const seconds =
    'seconds' in want ? Math.ceil(want.seconds) : Number(spendWei / (paceWei > 0n ? paceWei : 1n)) * SLACK;
  const most = 'answerPico' in want ? MOST_ANSWER_SECONDS : MAX_SECONDS;
  return Math.min(most, Math.max(ANSWER_SECONDS, seconds));
}

const lockedFor = (rateWei: bigint, { bufferSeconds, leastBufferWei, graceSeconds }: ChainCosts): bigint => {
  const buffer = rateWei * BigInt(bufferSeconds);
  // One second more than the escrow asks for at the opening.
  return larger(buffer, leastBufferWei) + rateWei * BigInt(graceSeconds + 2);
};

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

const floorTo = (value: bigint, unit: bigint): bigint => value - (value % unit);
