// Works out every interactive way to answer a request, and what stands against the others. Pure; chooses none.

import type { PeerId } from '../../protocol/ids.ts';
import type { RouteFact } from '../../protocol/route-fact.ts';
import { LAN_RTT_MS, MAX_LAP_HOPS_MS, MAX_PAIR_RTT_MS, PLAN_CONTEXT_TOKENS, UNKNOWN_RTT_MS } from './bounds.ts';
import { applyCalibration, UNCALIBRATED } from './calibrate.ts';
import { rangeBytes } from './partition-layers.ts';
import { placeStages } from './place-stages.ts';
import { predictRing, type RingPrediction, type RingRequest } from './predict-ring.ts';
import { type Candidate, ringContext } from './ring-context.ts';
import type { RouteObstacle, RouteOption, Situation } from './route-types.ts';

/** Tokens that an answer is compared over when more are allowed: most end long before. */
const TYPICAL_ANSWER_TOKENS = 256;

export interface Options {
  possible: RouteOption[];
  obstacles: RouteObstacle[];
}

interface PlacedRing {
  stages: { candidate: Candidate; start: number; end: number }[];
  over: RouteOption['over'];
}

export function listOptions(situation: Situation): Options {
  const possible: RouteOption[] = [];
  const obstacles: RouteObstacle[] = [];
  const local = optionHere(situation);
  if (local && 'why' in local) obstacles.push(local);
  else if (local) possible.push(local);
  const ring = findRing(situation);
  if (ring) {
    const found = optionsOfRing(situation, ring);
    possible.push(...found.possible);
    obstacles.push(...found.obstacles);
  } else {
    const count = situation.peers.length;
    const why: RouteFact = count === 0 ? { kind: 'no-tab' } : { kind: 'tabs-lend-too-little', tabs: count };
    obstacles.push({ mode: 'lan', why }, { mode: 'speculative', why });
  }
  return { possible, obstacles };
}

const contextOf = ({ contextTokens, manifest }: Situation): number =>
  Math.min(manifest?.maxContext ?? PLAN_CONTEXT_TOKENS, contextTokens ?? PLAN_CONTEXT_TOKENS);

/** The asking tab alone. Its word is a measure of its own: nobody else is hurt if it is wrong. */
function optionHere(situation: Situation): RouteOption | RouteObstacle | undefined {
  const { client, manifest } = situation;
  if (!client || !manifest) return undefined;
  if (!client.capability) return { mode: 'solo', local: true, why: { kind: 'unmeasured' } };
  const bytes = rangeBytes(manifest, contextOf(situation))(0, manifest.layers);
  const { memoryBytes, msPerLayer } = client.capability;
  if (memoryBytes < bytes) {
    return {
      mode: 'solo',
      local: true,
      why: { kind: 'lends-too-little', bytes: memoryBytes, neededBytes: bytes },
    };
  }
  const candidate: Candidate = { peer: client.peer, capability: client.capability };
  const ring: PlacedRing = { stages: [{ candidate, start: 0, end: manifest.layers }], over: { kind: 'none' } };
  return finish(situation, ring, {
    mode: 'solo',
    local: true,
    driver: 'here',
    facts: [{ kind: 'holds-all', bytes, msPerLayer }],
    drafters: ['none', 'ngram', 'model'],
  });
}

/** The coalition that serves, else the one that its peers could form. */
function findRing(situation: Situation): PlacedRing | undefined {
  const { serving, peers, manifest } = situation;
  const known = new Map(peers.map((candidate) => [candidate.peer, candidate]));
  const seats = serving?.seats.flatMap(({ peer, start, end }) => {
    const candidate = known.get(peer);
    return candidate ? [{ candidate, start, end }] : [];
  });
  if (serving && seats && seats.length > 0 && seats.length === serving.seats.length) {
    return { stages: seats, over: { kind: 'serving', epoch: serving.epoch } };
  }
  if (!manifest) return undefined;
  const placed = placeStages({ manifest, candidates: peers, contextTokens: contextOf(situation), rtt: situation.rtt });
  return placed.kind === 'placed' ? { stages: placed.stages, over: { kind: 'possible' } } : undefined;
}

function optionsOfRing(situation: Situation, ring: PlacedRing): Options {
  const count = ring.stages.length;
  const { hops, farthestMs, isAssumed, driverMs } = waysOf(situation, ring, false);
  const waysMs = hops.reduce((total, ms) => total + ms, 0);
  const driver = 'entry';
  const besides: RouteFact[] = [
    ...(driverMs ? [{ kind: 'way-to-them' as const, ms: driverMs }] : []),
    ...(isAssumed ? [{ kind: 'ways-assumed' as const, ms: UNKNOWN_RTT_MS }] : []),
    ...(ring.over.kind === 'possible' ? [{ kind: 'loads-first' as const }] : []),
  ];
  const ways = { tabs: count, pairMs: farthestMs, lapMs: waysMs };
  const drafters = ['ngram', 'model'] as const;
  if (farthestMs > MAX_PAIR_RTT_MS || waysMs > MAX_LAP_HOPS_MS) {
    const why: RouteFact = { kind: 'too-far', ...ways, mostPairMs: MAX_PAIR_RTT_MS, mostLapMs: MAX_LAP_HOPS_MS };
    const option = finish(situation, ring, { mode: 'speculative', local: false, driver, facts: [], drafters });
    return { possible: [], obstacles: [{ mode: count === 1 ? 'solo' : 'speculative', why, option }] };
  }
  if (count === 1) {
    const facts: RouteFact[] = [{ kind: 'one-tab' }, ...besides];
    const option = finish(situation, ring, {
      mode: 'solo',
      local: false,
      driver,
      facts,
      drafters: ['none', ...drafters],
    });
    const why: RouteFact = { kind: 'nothing-to-split' };
    return {
      possible: [option],
      obstacles: [
        { mode: 'lan', why },
        { mode: 'speculative', why },
      ],
    };
  }
  const facts: RouteFact[] = [{ kind: 'together', ...ways }, ...besides];
  const speculative = finish(situation, ring, { mode: 'speculative', local: false, driver, facts, drafters });
  if (farthestMs > LAN_RTT_MS) {
    const why: RouteFact = { kind: 'neighbours-apart', pairMs: farthestMs, mostMs: LAN_RTT_MS };
    return { possible: [speculative], obstacles: [{ mode: 'lan', why }] };
  }
  const lan = finish(situation, ring, { mode: 'lan', local: false, driver, facts, drafters: ['none'] });
  return { possible: [lan, speculative], obstacles: [] };
}

/** One-way hops from the entry around and back to it, the farthest pair on that way, and how far the driver is from it. */
function waysOf(
  { client, rtt }: Situation,
  { stages }: PlacedRing,
  isLocal: boolean,
): { hops: number[]; farthestMs: number; isAssumed: boolean; driverMs: number | undefined } {
  const around = stages.map(({ candidate }) => candidate.peer);
  let isAssumed = false;
  const between = (from: PeerId, to: PeerId): number => {
    if (from === to) return 0;
    const known = rtt?.(from, to);
    isAssumed ||= known === undefined;
    return known ?? UNKNOWN_RTT_MS;
  };
  const rtts = around.map((from, index) => between(from, around[(index + 1) % around.length]!));
  const isAway = client !== undefined && !isLocal;
  const driverMs = isAway ? (between(client.peer, around[0]!) + between(around.at(-1)!, client.peer)) / 2 : undefined;
  return { hops: rtts.map((ms) => ms / 2), farthestMs: Math.max(...rtts), isAssumed, driverMs };
}

type Shape = Pick<RouteOption, 'mode' | 'local' | 'driver' | 'facts'> & { drafters: readonly RouteOption['drafter'][] };

/** Predicts a ring with the drafter that makes it fastest. Of equal ones the earlier in `drafters`. */
function finish(situation: Situation, ring: PlacedRing, { drafters, ...shape }: Shape): RouteOption {
  const { request, load, hasDraftModel, acceptance, calibration = UNCALIBRATED } = situation;
  const { hops, driverMs } = waysOf(situation, ring, shape.local);
  const sessions = shape.local || ring.over.kind !== 'serving' ? 1 : Math.min(load.running, load.slots - 1) + 1;
  const common: RingRequest = {
    stages: stagesOf(situation, ring),
    hopsMs: hops.slice(0, -1),
    returnHopMs: hops.at(-1) ?? 0,
    driverMs,
    promptTokens: request.promptTokens,
    sessions: Math.max(1, sessions),
  };
  let best: { drafter: RouteOption['drafter']; prediction: RingPrediction } | undefined;
  for (const drafter of drafters) {
    if (drafter === 'model' && !hasDraftModel) continue;
    const known = drafter === 'none' ? undefined : acceptance?.[drafter];
    const prediction = predictRing({ ...common, drafter, acceptance: known });
    if (!best || prediction.tokensPerSecond > best.prediction.tokensPerSecond * 1.0001) best = { drafter, prediction };
  }
  const { drafter, prediction } = best!;
  const { tokensPerSecond, timeToFirstTokenMs } = prediction;
  const uncorrected = { tokensPerSecond, timeToFirstTokenMs };
  // Outcomes are those of the pool's coalitions; a tab of its own is another device.
  const predicted = shape.local ? uncorrected : applyCalibration(uncorrected, calibration);
  const tokens = Math.min(request.maxTokens, TYPICAL_ANSWER_TOKENS);
  const answerMs = predicted.timeToFirstTokenMs + ((tokens - 1) * 1000) / predicted.tokensPerSecond;
  const expectedWaitMs = shape.local ? 0 : expectWaitMs(load, answerMs);
  return {
    ...shape,
    drafter,
    stages: ring.stages.length,
    uncorrected,
    predicted,
    expectedWaitMs,
    totalMs: expectedWaitMs + answerMs,
    over: ring.over,
  };
}

/** A slot falls free every mean answer over slots; whoever is before goes first. */
export function expectWaitMs({ running, queued, slots, meanAnswerMs }: Situation['load'], answerMs: number): number {
  if (running + queued < slots) return 0;
  return ((queued + 1) * (meanAnswerMs ?? answerMs)) / Math.max(1, slots);
}

function stagesOf(situation: Situation, { stages }: PlacedRing): RingRequest['stages'] {
  const candidates = stages.map(({ candidate }) => candidate);
  const context = situation.manifest && ringContext(situation.manifest, candidates, contextOf(situation));
  return stages.map(({ start, end, candidate }, at) => ({
    layers: end - start + (at === stages.length - 1 ? (context?.headLayers ?? 0) : 0),
    msPerLayer: context?.msPerLayer[at] ?? candidate.capability.msPerLayer,
    handlingMs: context?.handlingMs[at] ?? 4,
  }));
}
