// What the route planner adds to the planner's word: codecs. Its memory is tested with the jobs that fill it.
import { expect, test } from 'vitest';
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Coalition } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { RttEstimator } from '../planner/rtt-estimator.ts';
import { SITUATIONS } from '../planner/test-situations.ts';
import { RoutePlanner } from './route-planner.ts';

const LAN = SITUATIONS.find(({ name }) => name.startsWith('Two laptops on a LAN'))!.situation;
const ALONE = SITUATIONS.find(({ name }) => name.startsWith('A laptop that fits'))!.situation;

function planOf({ manifest, peers, serving, client, load }: typeof LAN, server: CodecPolicy, codec?: CodecPolicy) {
  const planner = new RoutePlanner({
    rtts: new RttEstimator(),
    nowMs: () => 0,
    hasDraftModel: () => false,
    codec: server,
  });
  const pool = {
    ...{ id: 'a/b@main:q4' as PoolId, model: { repo: 'a/b', revision: 'main', dtype: 'q4' as const }, pinned: true },
    ...{
      manifest,
      peers,
      watchers: [],
      lastEpoch: 1,
      hasServed: true,
      strikes: new Map(),
      doubts: new Map(),
      past: new Map(),
    },
    coalitions: serving ? [{ coalition: { ...serving, state: 'ready' }, progressAtMs: new Map() }] : [],
  };
  const { running, slots } = load;
  const question = { promptTokens: 20, maxTokens: 50, running, waiting: 0, slots, codec };
  return planner.plan({
    ...question,
    asker: client,
    coalition: pool.coalitions[0]?.coalition as Coalition | undefined,
    pool: pool as unknown as Parameters<RoutePlanner['plan']>[0]['pool'],
  });
}

test('a request’s codec goes before the server’s, and the server’s is told where none is named', () => {
  expect(planOf(LAN, 'exact')).toMatchObject({ stages: 2, codec: 'exact' });
  expect(planOf(LAN, 'auto').codec).toBe('auto');
  expect(planOf(LAN, 'auto', 'exact').codec).toBe('exact');
  expect(planOf(LAN, 'exact', 'int8').codec).toBe('int8');
});

test('one device sends no hidden state: its plan names none', () => {
  expect(planOf(ALONE, 'int8')).toMatchObject({ mode: 'solo', stages: 1 });
  expect(planOf(ALONE, 'int8', 'f16')).not.toHaveProperty('codec');
});

test('B8: a way of the ring is no longer than the lap that the server timed, whatever a busy tab measured', () => {
  const far = { ...LAN, client: undefined };
  const plan = (lapMs?: number) => {
    const rtts = new RttEstimator();
    const [a, b] = far.serving!.seats.map(({ peer }) => peer);
    for (let at = 0; at < 5; at++) rtts.record(a!, b!, 300, 0);
    const planner = new RoutePlanner({ rtts, nowMs: () => 0, hasDraftModel: () => false, codec: 'exact' });
    const coalition = { ...far.serving!, epoch: 1, state: 'ready' } as Coalition;
    const pool = {
      ...{ id: 'a/b@main:q4' as PoolId, model: { repo: 'a/b', revision: 'main', dtype: 'q4' }, manifest: far.manifest },
      peers: far.peers,
      coalitions: [{ coalition, progressAtMs: new Map(), ...(lapMs === undefined ? {} : { lapMs }) }],
    };
    const question = { promptTokens: 20, maxTokens: 50, running: 0, waiting: 0, slots: 4, coalition, asker: undefined };
    return planner.plan({ ...question, pool: pool as unknown as Parameters<RoutePlanner['plan']>[0]['pool'] });
  };
  expect(plan().mode).toBe('batch');
  expect(plan(80).mode).not.toBe('batch');
  expect(plan(400).mode).toBe('batch');
});
