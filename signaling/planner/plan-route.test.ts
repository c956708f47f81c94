import { describe, expect, it } from 'vitest';
import { modeSchema, routePlanSchema } from '../../protocol/route-plan.ts';
import { calibrate, UNCALIBRATED } from './calibrate.ts';
import { expectWaitMs } from './list-options.ts';
import { planRoute } from './plan-route.ts';
import type { Route, Situation } from './route-types.ts';
import { SITUATIONS } from './test-situations.ts';

const named = (start: string): Situation => {
  const found = SITUATIONS.find(({ name }) => name.startsWith(start));
  if (!found) throw new Error(`There is no situation "${start}".`);
  return found.situation;
};
const routed = (situation: Situation): Route => {
  const route = planRoute(situation);
  if (route.kind === 'refused') throw new Error(route.message);
  return route;
};
const wish = (situation: Situation, mode: Situation['request']['mode']): Situation => ({
  ...situation,
  request: { ...situation.request, mode },
});

const LAN = named('Two laptops on a LAN');
const FAR = named('Two laptops 206 ms');
const HERE = named('A laptop that fits');

describe('a wish', () => {
  it.each(['lan', 'speculative', 'batch'] as const)('for %s is kept where it can be had', (mode) => {
    expect(routed(wish(LAN, mode)).plan.mode).toBe(mode);
  });

  it('is refused with its reason where it cannot', () => {
    expect(planRoute(wish(FAR, 'lan'))).toMatchObject({
      kind: 'refused',
      code: 'conflict',
      message: expect.stringContaining('206 ms apart; 10 ms is the most'),
      rejected: [{ mode: 'speculative' }, { mode: 'lan' }],
    });
    expect(planRoute(wish(LAN, 'solo'))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has not measured'),
    });
    expect(planRoute(wish(named('A phone alone, an 8B'), 'lan'))).toMatchObject({ code: 'no-stages' });
    expect(planRoute(wish(named('Two laptops 320'), 'speculative'))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('320 ms'),
    });
  });

  it('for a coalition waits in a queue that auto would not', () => {
    const queue = named('A long queue');
    expect(routed(queue).plan.mode).toBe('batch');
    expect(routed(wish(queue, 'lan'))).toMatchObject({ plan: { mode: 'lan' }, expectedWaitMs: 102_500 });
  });

  it('for solo is never another device’s word: the tab must have measured itself', () => {
    const unmeasured: Situation = { ...HERE, client: { peer: HERE.client!.peer } };
    expect(routed(HERE).plan).toMatchObject({ mode: 'solo', local: true, driver: 'here' });
    expect(routed(unmeasured).plan).toMatchObject({ mode: 'speculative', local: false });
  });
});

describe('auto', () => {
  it('runs the loop at the entry: whoever asks, and however far away, gets as many tokens', () => {
    const plans = [undefined, 0, 400].map((ms) => {
      const client = ms === undefined ? undefined : { peer: HERE.client!.peer };
      const rtt: Situation['rtt'] = (a, b) => (a === client?.peer || b === client?.peer ? ms : FAR.rtt?.(a, b));
      return routed({ ...FAR, client, rtt }).plan;
    });
    expect(plans.map(({ driver }) => driver)).toEqual(['entry', 'entry', 'entry']);
    expect(new Set(plans.map(({ predicted }) => predicted.tokensPerSecond)).size).toBe(1);
    const [, near, far] = plans.map(({ predicted }) => predicted.timeToFirstTokenMs);
    // There and back, once.
    expect(far! - near!).toBeCloseTo(400);
  });

  it('says that a coalition has yet to load, and which epoch answers when one does', () => {
    expect(routed(LAN).over).toEqual({ kind: 'serving', epoch: 1 });
    const forming = routed({ ...LAN, serving: undefined });
    expect(forming.over).toEqual({ kind: 'possible' });
    expect(forming.plan.reason).toContain('have to be loaded');
    // A seat whose tab is gone serves nobody.
    const [gone, ...left] = LAN.peers;
    expect(gone).toBeDefined();
    expect(routed({ ...LAN, peers: left }).plan.mode).toBe('batch');
  });

  it('is refused when nothing at all is known of the model', () => {
    const unknown = { ...named('Nobody at all'), manifest: undefined };
    expect(planRoute(unknown)).toMatchObject({ kind: 'refused', code: 'no-stages' });
    expect(planRoute(wish(unknown, 'batch'))).toMatchObject({ kind: 'refused', code: 'no-stages' });
  });

  it('takes the own device or the ring by when the whole answer ends', () => {
    const slow: Situation = {
      ...HERE,
      client: { peer: HERE.client!.peer, capability: { ...HERE.client!.capability!, msPerLayer: 40 } },
    };
    const route = routed(slow);
    expect(route.plan).toMatchObject({ mode: 'speculative', local: false });
    expect(route.plan.rejected[0]).toMatchObject({ mode: 'solo', why: expect.stringMatching(/tok\/s against/) });
  });

  it('gives a share of the slowest stage when others are answered', () => {
    const alone = routed(LAN).plan.predicted.tokensPerSecond;
    const busy = routed({ ...LAN, load: { running: 7, queued: 0, slots: 8 } }).plan.predicted.tokensPerSecond;
    expect(busy).toBeLessThan(alone / 3);
  });

  it('corrects coalitions by their outcomes, never the asking tab', () => {
    const half = calibrate(
      UNCALIBRATED,
      { tokensPerSecond: 10, timeToFirstTokenMs: 100 },
      { tokensPerSecond: 5, timeToFirstTokenMs: 300 },
    );
    const before = routed(LAN);
    const after = routed({ ...LAN, calibration: half });
    expect(after.plan.predicted.tokensPerSecond).toBeCloseTo(before.plan.predicted.tokensPerSecond / 2, 1);
    expect(after.plan.predicted.timeToFirstTokenMs).toBeCloseTo(before.plan.predicted.timeToFirstTokenMs * 3, 0);
    expect(after.uncorrected).toEqual(before.uncorrected);
    expect(routed({ ...HERE, calibration: half }).plan.predicted).toEqual(routed(HERE).plan.predicted);
  });

  it('drafts by the acceptance that the pool measured', () => {
    const known = routed({ ...FAR, acceptance: { model: 0.1, ngram: 0.9 } });
    expect(known.plan.drafter).toBe('ngram');
    expect(routed({ ...FAR, hasDraftModel: false }).plan.drafter).toBe('ngram');
  });
});

describe('every plan', () => {
  it('is one that protocol/route-plan.ts takes, and says the same each time', () => {
    for (const { situation } of SITUATIONS) {
      for (const mode of ['auto', ...modeSchema.options] as const) {
        const route = planRoute(wish(situation, mode));
        expect(planRoute(wish(situation, mode))).toEqual(route);
        if (route.kind === 'refused') expect(route.message.length).toBeGreaterThan(20);
        else expect(routePlanSchema.parse(route.plan)).toEqual(route.plan);
        if (route.kind === 'route' && mode !== 'auto') expect(route.plan.mode).toBe(mode);
      }
    }
  });
});

it.each([
  [{ running: 0, queued: 0, slots: 1 }, 0],
  [{ running: 1, queued: 0, slots: 1 }, 1000],
  [{ running: 4, queued: 3, slots: 4 }, 1000],
  [{ running: 4, queued: 3, slots: 4, meanAnswerMs: 500 }, 500],
])('expects %o to wait %s ms', (load, waitMs) => {
  expect(expectWaitMs(load, 1000)).toBe(waitMs);
});
