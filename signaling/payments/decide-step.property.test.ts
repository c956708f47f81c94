// Random lives of paid sessions against a model of the escrow: whatever happens in whatever order, steps get lost or are done twice, the
// server begins anew, the money comes to its end once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AHEAD_SECONDS, type Decision, decideStep } from './decide-step.ts';
import { columnsOf, NOT_OPENED, type PaidSession, sessionOfRow, worthNow } from './paid-session.ts';
import { NOW, RATE, testJob, testSession } from './test-session.ts';

const GRACE = 300;
const BUFFER = 600;
const WEI = 10n ** 12n;

/** The escrow's rules, as far as the order of steps and the time of a stream depend on them. */
class ModelEscrow {
  now = NOW;
  opens = 0;
  ends = 0;
  readonly session: PaidSession;

  constructor(session: PaidSession) {
    this.session = session;
  }

  get streamedWei(): bigint {
    const { chain } = this.session;
    return chain.paidWei + chain.rateWei * BigInt(this.now - chain.since);
  }

  take(decision: Decision): void {
    const { chain, quote } = this.session;
    if (decision.do === 'open' && chain.state === 'none' && this.now <= quote.openBefore) {
      this.opens++;
      this.session.chain = { ...chain, state: 'open', openedAt: this.now, since: this.now };
      this.#rate(quote.rate);
    } else if (decision.do === 'rate' && chain.state === 'open') this.#rate(decision.rateWei);
    else if (decision.do === 'tick' && chain.state === 'open') this.#tick();
    else if (decision.do === 'close' && (chain.state === 'open' || chain.state === 'stopped')) this.#end();
    else if (decision.do === 'settle' && chain.state === 'none' && this.now <= quote.openBefore) this.#end();
    else if (decision.do === 'reclaim' && chain.state === 'none') this.#end();
  }

  payerCloses(): void {
    if (this.session.chain.state !== 'open') return;
    this.#accrue();
    this.session.chain = { ...this.session.chain, state: 'stopped', rateWei: 0n, closeAfter: this.now + 600 };
  }

  #accrue(): void {
    this.session.chain = { ...this.session.chain, paidWei: this.streamedWei, since: this.now };
  }

  #rate(rateWei: bigint): void {
    this.#accrue();
    const { quote, amount, chain } = this.session;
    const left = (amount - quote.fee) * WEI - chain.paidWei - rateWei * BigInt(BUFFER);
    const seconds = rateWei > 0n ? Number(left / rateWei) - GRACE : quote.maxSeconds;
    const until = Math.min(chain.openedAt + quote.maxSeconds, this.now + seconds);
    this.session.chain = { ...this.session.chain, rateWei, paidUntil: until };
  }

  #tick(): void {
    this.#accrue();
    const { chain } = this.session;
    const worth = worthNow(this.session, this.now);
    if (worth > chain.paidWei) this.session.chain = { ...chain, paidWei: worth };
  }

  #end(): void {
    this.ends++;
    const worth = worthNow(this.session, this.now);
    if (this.session.chain.state !== 'none') this.#accrue();
    const { chain } = this.session;
    const paidWei = worth > chain.paidWei ? worth : chain.paidWei;
    this.session.chain = { ...chain, state: 'closed', rateWei: 0n, paidWei };
  }
}

type Event =
  | { type: 'job'; begins: boolean }
  | { type: 'ends'; worth: number }
  | { type: 'time'; seconds: number }
  /** Another coalition of the pool has the seats, or this one has them again; somebody without one has something due. */
  | { type: 'seats'; ours: boolean; owes: boolean }
  | { type: 'end asked' | 'payer closes' | 'lost' | 'twice' | 'restart' };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant('job' as const), begins: fc.boolean() }),
  fc.record({ type: fc.constant('ends' as const), worth: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ type: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ type: fc.constant('seats' as const), ours: fc.boolean(), owes: fc.boolean() }),
  fc.record({ type: fc.constantFrom('end asked' as const, 'payer closes', 'lost', 'twice', 'restart') }),
);

/** Another server reads the row, asks the chain, and gives back what answers of the one before had set aside. */
function beginAnew(session: PaidSession): void {
  const { chain, jobs } = session;
  const row = { ...columnsOf(session), chainId: 31_337, escrow: '' };
  const isCut = jobs.size > 0;
  Object.assign(session, sessionOfRow(row, []), { chain });
  session.hadJobs ||= isCut;
  session.isFailed ||= isCut;
}

function run(session: PaidSession, events: readonly Event[]): ModelEscrow {
  const model = new ModelEscrow(session);
  let nextJob = 1;
  let spoils: 'lost' | 'twice' | undefined;
  const seats = { hasSeats: true, owesOutsiders: false };
  const advance = (): void => {
    for (let steps = 0; steps < 6; steps++) {
      const decision = decideStep(session, { now: model.now, runningWei: 0n, blockSeconds: 2, ...seats });
      if (decision.do === 'wait') return;
      if (decision.do === 'nothing') {
        session.state = 'over';
        return;
      }
      if (decision.do === 'stop-jobs') {
        session.jobs.clear();
        session.hadJobs = true;
        continue;
      }
      // A step that got lost is decided anew from what the chain says; one that arrives twice is refused by it.
      if (decision.do === 'rate' && decision.rateWei === 0n) session.rests++;
      if (spoils !== 'lost') {
        model.take(decision);
        if (decision.do === 'tick') seats.owesOutsiders = false;
      }
      if (spoils === 'twice') model.take(decision);
      spoils = undefined;
      const { chain } = session;
      const isOverdue = chain.state === 'open' && chain.rateWei > 0n && model.now > chain.paidUntil;
      expect(isOverdue, 'a flow that nobody ended in time').toBe(false);
    }
  };
  for (const each of events) {
    if (each.type === 'job' && session.state === 'live' && session.endAskedAt === undefined) {
      session.jobs.set(...testJob(nextJob++, each.begins));
      session.usedAt = model.now;
    } else if (each.type === 'ends') {
      const [first] = session.jobs.keys();
      if (first) {
        session.jobs.delete(first);
        session.hadJobs = true;
        session.worthWei += (BigInt(each.worth) * RATE) / 100n;
      }
    } else if (each.type === 'time') {
      // A second at a time, as the runner looks.
      for (let second = 0; second < each.seconds; second++) {
        model.now++;
        advance();
      }
    } else if (each.type === 'seats') {
      seats.hasSeats = each.ours;
      seats.owesOutsiders = each.owes;
    } else if (each.type === 'end asked') session.endAskedAt ??= model.now;
    else if (each.type === 'payer closes') model.payerCloses();
    else if (each.type === 'restart') beginAnew(session);
    else if (each.type === 'lost' || each.type === 'twice') spoils = each.type;
    advance();
    const { chain } = session;
    const mayStream = seats.hasSeats && !seats.owesOutsiders;
    if (each.type === 'time' && each.seconds > 1 && !mayStream) expect(chain.rateWei, 'pays others').toBe(0n);
  }
  session.jobs.clear();
  session.hadJobs = true;
  for (let looks = 0; looks < 3 * 3600 && session.state === 'live'; looks++) {
    model.now += session.chain.rateWei > 0n ? 1 : 5;
    advance();
  }
  return model;
}

const kinds = fc.record({
  kind: fc.constantFrom('answer' as const, 'session' as const),
  mode: fc.constantFrom('stream' as const, 'ticks' as const),
});

test('every session comes to its one end, and is opened at most once', () => {
  fc.assert(
    fc.property(kinds, fc.array(event, { maxLength: 40 }), ({ kind, mode }, events) => {
      const quote = testSession().quote;
      const rate = mode === 'stream' ? quote.rate : 0n;
      const openBefore = mode === 'stream' ? quote.openBefore : NOW + 7200;
      const session = testSession({ kind, mode, quote: { ...quote, rate, openBefore } });
      const model = run(session, events);
      expect(session.state).toBe('over');
      expect(model.ends).toBe(1);
      expect(model.opens).toBeLessThanOrEqual(1);
      if (mode === 'ticks') expect(model.opens).toBe(0);
    }),
    { numRuns: 400 },
  );
});

test('a payer pays what receipts are worth, and no more than five seconds of its rate beyond', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const session = testSession();
      run(session, events);
      const most = session.worthWei + (AHEAD_SECONDS + 2n) * RATE;
      expect(session.chain.paidWei <= most, `${session.chain.paidWei} of ${session.worthWei}`).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('a slow operator, or whoever asks for little at a time, makes a stream stop and go a few times, not thousands', () => {
  const session = testSession({ quote: { ...testSession().quote, maxSeconds: 86_400 }, amount: 200_000_000n });
  session.spendWei = 90n * 10n ** 18n;
  session.jobs.set(...testJob(1));
  const model = new ModelEscrow(session);
  let rates = 0;
  // A day of work at a tenth of the pace.
  for (let second = 0; second < 80_000; second++) {
    model.now++;
    session.worthWei += RATE / 10n;
    const options = { now: model.now, runningWei: 0n, blockSeconds: 2, hasSeats: true, owesOutsiders: false };
    const decision = decideStep(session, options);
    if (decision.do === 'wait') continue;
    if (decision.do === 'rate' && decision.rateWei === 0n) session.rests++;
    if (decision.do === 'rate') rates++;
    model.take(decision);
    expect(['open', 'rate']).toContain(decision.do);
  }
  expect(rates).toBeGreaterThan(4);
  expect(rates).toBeLessThan(40);
});

test('an answer that came fast before its payer stopped it is paid when the time has come that bounds it', () => {
  const stopped = {
    ...NOT_OPENED,
    ...{ state: 'stopped' as const, openedAt: NOW, since: NOW, paidUntil: NOW + 3600, closeAfter: NOW + 600 },
  };
  const session = testSession({ chain: stopped, worthWei: 200n * RATE });
  const at = (seconds: number): Decision['do'] =>
    decideStep(session, {
      ...{ now: NOW + seconds, runningWei: 0n, blockSeconds: 2 },
      ...{ hasSeats: true, owesOutsiders: false },
    }).do;
  expect([at(2), at(10), at(11)]).toEqual(['wait', 'wait', 'close']);
  session.worthWei = 10n ** 6n * RATE;
  expect([at(500), at(590)]).toEqual(['wait', 'close']);
});

test('what was paid for and never asked for costs its fee, and what the network failed costs nothing', () => {
  const at = (session: PaidSession): Decision['do'] =>
    decideStep(
      { ...session, endAskedAt: NOW },
      {
        ...{ now: NOW + 1, runningWei: 0n, blockSeconds: 0 },
        ...{ hasSeats: true, owesOutsiders: false },
      },
    ).do;
  expect(at(testSession())).toBe('settle');
  expect(at(testSession({ isFailed: true }))).toBe('reclaim');
  expect(at(testSession({ kind: 'answer' }))).toBe('reclaim');
  expect(at(testSession({ kind: 'answer', hadJobs: true }))).toBe('settle');
});

test('nothing is to be done about one that is over, and nothing is known of one that is not paid', () => {
  const now = { now: NOW, runningWei: 0n, blockSeconds: 0, hasSeats: true, owesOutsiders: false };
  expect(decideStep(testSession({ state: 'over' }), now)).toEqual({ do: 'nothing' });
  expect(decideStep(testSession({ state: 'paying' }), now)).toMatchObject({ do: 'wait' });
});

test('a payment whose one answer never began goes back by itself', () => {
  const session = testSession({ kind: 'answer' });
  const at = (seconds: number): Decision =>
    decideStep(session, {
      ...{ now: NOW + seconds, runningWei: 0n, blockSeconds: 0 },
      ...{ hasSeats: true, owesOutsiders: false },
    });
  expect(at(1)).toMatchObject({ do: 'wait' });
  expect(at(121)).toEqual({ do: 'reclaim' });
  session.chain = { ...NOT_OPENED };
  expect(at(601)).toEqual({ do: 'reclaim' });
});

test('where more has streamed than receipts are worth, what others are due waits and nothing is tried in a circle', () => {
  const open = {
    ...NOT_OPENED,
    state: 'open' as const,
    openedAt: NOW,
    since: NOW,
    paidUntil: NOW + 3600,
    paidWei: 9n * RATE,
  };
  const session = testSession({ chain: open, hadOfWei: 9n * RATE, worthWei: 8n * RATE, jobs: new Map([testJob(1)]) });
  const now = { now: NOW + 60, runningWei: 0n, blockSeconds: 0, hasSeats: true, owesOutsiders: true };
  expect(decideStep(session, now)).toMatchObject({ do: 'wait' });
  session.worthWei = 10n * RATE;
  expect(decideStep(session, now)).toEqual({ do: 'tick' });
});
