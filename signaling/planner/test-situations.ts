// Situations as they happen, with numbers as devices have them: the table of docs/PLANNER.md, and what must come of each. Used
// by tests only.
import type { Capability } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Mode } from '../../protocol/route-plan.ts';
import { planPool } from './plan-pool.ts';
import type { Candidate } from './ring-context.ts';
import type { RouteLoad, Situation } from './route-types.ts';
import { EIGHT_B, peerOf, SMALL } from './test-peers.ts';

export interface NamedSituation {
  name: string;
  situation: Situation;
  /** Seats are `peer index:start-end`. */
  expected: { mode: Mode; local: boolean; stages: number; drafter?: string; seats?: string[] };
}

type Device = 'phone' | 'laptop' | 'desktop' | 'big laptop';

const CAPABILITIES: Record<Device, Omit<Capability, 'device'>> = {
  phone: { backend: 'wasm', msPerLayer: 22, memoryBytes: 0.9e9 },
  laptop: { backend: 'webgpu', msPerLayer: 3, memoryBytes: 3e9 },
  'big laptop': { backend: 'webgpu', msPerLayer: 2.4, memoryBytes: 8e9 },
  desktop: { backend: 'webgpu', msPerLayer: 1.2, memoryBytes: 3e9 },
};

const CLIENT: PeerId = peerOf(99);
const IDLE: RouteLoad = { running: 0, queued: 0, slots: 8 };

const device = (index: number, kind: Device, fields: Partial<Capability> = {}): Candidate => ({
  peer: peerOf(index),
  capability: { ...CAPABILITIES[kind], device: kind, ...fields },
});

interface Sketch {
  manifest?: ModelManifest;
  peers?: Candidate[];
  /** Round trip of any two devices, milliseconds. */
  rttMs?: number;
  rtt?: Situation['rtt'];
  /** What the asking tab measured of itself; `http` when a program asks. */
  client?: Device | 'unmeasured' | 'http';
  load?: Partial<RouteLoad>;
  mode?: Mode;
  hasDraftModel?: boolean;
}

/** The pool as it would serve: planned by the same code, then ready. */
function sketch(fields: Sketch): Situation {
  const {
    manifest = EIGHT_B,
    peers = [],
    rttMs,
    client = 'unmeasured',
    load = {},
    mode,
    hasDraftModel = false,
  } = fields;
  const rtt = fields.rtt ?? (() => rttMs);
  const plan = planPool({ manifest, candidates: peers, rtt });
  const capability = client === 'unmeasured' || client === 'http' ? undefined : device(99, client).capability;
  return {
    request: { promptTokens: 200, maxTokens: 256, mode },
    manifest,
    client: client === 'http' ? undefined : { peer: CLIENT, capability },
    serving: plan.kind === 'plan' ? { epoch: 1, seats: plan.seats } : undefined,
    peers,
    load: { ...IDLE, ...load },
    hasDraftModel,
    rtt,
  };
}

const laptops = (count: number): Candidate[] => Array.from({ length: count }, (_, index) => device(index, 'laptop'));

export const SITUATIONS: NamedSituation[] = [
  {
    name: 'A phone alone, no peer; the model fits it',
    situation: sketch({ manifest: SMALL, client: 'phone' }),
    expected: { mode: 'solo', local: true, stages: 1, seats: [] },
  },
  {
    name: 'A phone alone, an 8B model',
    situation: sketch({ client: 'phone' }),
    expected: { mode: 'batch', local: false, stages: 0, seats: [] },
  },
  {
    name: 'A laptop that fits the 8B model, while three others 40 ms away serve it together',
    situation: sketch({ client: 'big laptop', peers: laptops(3), rttMs: 40 }),
    expected: { mode: 'solo', local: true, stages: 1 },
  },
  {
    name: 'Two laptops on a LAN (3 ms), asked from a third',
    situation: sketch({ peers: laptops(2), rttMs: 3 }),
    expected: { mode: 'lan', local: false, stages: 2, drafter: 'none', seats: ['0:0-17', '1:17-32'] },
  },
  {
    name: 'Two laptops 206 ms apart, across the world, a draft model at hand; over HTTP',
    situation: sketch({ peers: laptops(2), rttMs: 206, client: 'http', hasDraftModel: true }),
    expected: { mode: 'speculative', local: false, stages: 2, drafter: 'model' },
  },
  {
    name: 'Two laptops 320 ms apart: refused for people',
    situation: sketch({ peers: laptops(2), rttMs: 320, client: 'http' }),
    expected: { mode: 'batch', local: false, stages: 2 },
  },
  {
    name: 'Nobody at all, over HTTP',
    situation: sketch({ client: 'http' }),
    expected: { mode: 'batch', local: false, stages: 0, seats: [] },
  },
  {
    name: 'Three unequal desktops, 25 ms apart: the two fastest are enough',
    situation: sketch({
      peers: [
        device(0, 'desktop', { msPerLayer: 4 }),
        device(1, 'desktop', { msPerLayer: 1 }),
        device(2, 'desktop', { msPerLayer: 2 }),
      ],
      rttMs: 25,
    }),
    // Each takes what it computes fastest within its memory; the head goes to the faster one.
    expected: { mode: 'speculative', local: false, stages: 2, seats: ['2:0-13', '1:13-32'] },
  },
  {
    name: 'A weak phone among two desktops on a LAN: left out',
    situation: sketch({ peers: [device(0, 'phone'), device(1, 'desktop'), device(2, 'desktop')], rttMs: 4 }),
    expected: { mode: 'lan', local: false, stages: 2, seats: ['1:0-17', '2:17-32'] },
  },
  {
    name: 'Two roomy phones would hold it; three desktops are worth one hop more',
    situation: sketch({
      peers: [
        device(0, 'phone', { memoryBytes: 2.9e9 }),
        device(1, 'phone', { memoryBytes: 2.9e9 }),
        ...[2, 3, 4].map((index) => device(index, 'desktop', { memoryBytes: 2.2e9 })),
      ],
      rttMs: 8,
    }),
    expected: { mode: 'lan', local: false, stages: 3 },
  },
  {
    name: 'A long queue: 40 wait before this one',
    situation: sketch({ peers: laptops(2), rttMs: 3, load: { running: 8, queued: 40, meanAnswerMs: 20_000 } }),
    expected: { mode: 'batch', local: false, stages: 2 },
  },
  {
    name: 'The same queue, but the asking laptop holds the model',
    situation: sketch({
      peers: laptops(2),
      rttMs: 3,
      client: 'big laptop',
      load: { running: 8, queued: 40, meanAnswerMs: 20_000 },
    }),
    expected: { mode: 'solo', local: true, stages: 1 },
  },
  {
    name: 'A coalition busy with seven answers takes an eighth',
    situation: sketch({ peers: laptops(2), rttMs: 3, load: { running: 7 } }),
    expected: { mode: 'lan', local: false, stages: 2 },
  },
  {
    name: 'An 8B model over four tabs of 3 GB, 15 ms apart: two are enough',
    situation: sketch({ peers: laptops(4), rttMs: 15, client: 'http' }),
    expected: { mode: 'speculative', local: false, stages: 2, drafter: 'ngram' },
  },
  {
    name: 'The same over four tabs of 1.6 GB: all four are needed',
    situation: sketch({
      peers: laptops(4).map(({ peer, capability }) => ({ peer, capability: { ...capability, memoryBytes: 1.6e9 } })),
      rttMs: 15,
      client: 'http',
    }),
    expected: { mode: 'speculative', local: false, stages: 4 },
  },
  {
    name: 'A model that fits one tab; four idle ones: one serves, three wait',
    situation: sketch({ manifest: SMALL, peers: laptops(4), rttMs: 30 }),
    expected: { mode: 'solo', local: false, stages: 1, seats: ['0:0-28'] },
  },
  {
    name: 'Round trips never measured',
    situation: sketch({ peers: laptops(2), client: 'http' }),
    expected: { mode: 'speculative', local: false, stages: 2 },
  },
];
