// A whole ring in memory with arithmetic for a model. Used by tests only.
import type { Seat } from '../../protocol/control.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { GREEDY, type Sampling } from '../../protocol/sampling.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { RingNode } from '../ring/ring-node.ts';
import type { RingNodeOptions } from '../ring/ring-node-options.ts';
import { SessionTable } from '../ring/session-table.ts';
import { Conversation } from './conversation.ts';
import type { GenerateOptions } from './generate-options.ts';
import { RingClient } from './ring-client.ts';

export const LAYERS = 8;
export const peer = (index: number) => index.toString(16).padStart(32, '0') as PeerId;
export const DRIVER = peer(999);
export const SAMPLED: Sampling = { temperature: 0.8, topK: 0, topP: 0.95, seed: 42 };
export const PROMPT = Array.from({ length: 37 }, (_, index) => (index * 31 + 5) % 101);

export interface TestRing {
  client: RingClient;
  links: Link[];
  nodes: RingNode[];
  entry: Link;
  exit: Link;
}

export interface TestRingOptions {
  epoch?: number;
  /** Its number among the rings of its pool. */
  ring?: number;
  self?: PeerId;
  lapTimeoutMs?: number;
  beforeRun?: (stage: number) => void | Promise<void>;
  /** By default nobody is asked for a grant. */
  grants?: (stage: number) => RingNodeOptions['grants'];
  /** Which tab has each seat; by default the stage's own number. */
  tabs?: readonly number[];
  /** Slices that outlive an epoch, by tab and layers. By default each ring has its own. */
  slices?: Map<string, TestSlice>;
}

/** Weights and sessions of one tab. */
export interface TestSlice {
  executor: LayerExecutor;
  sessions: SessionTable;
  /** Rows that it has computed. */
  rows: number;
}

export function makeSlice(start: number, end: number, before?: () => void | Promise<void>): TestSlice {
  const slice: TestSlice = {
    executor: arithmeticExecutor({
      ...{ start, end, layers: LAYERS },
      beforeRun: (inputs) => {
        for (const { tokens } of inputs) slice.rows += tokens;
        return before?.();
      },
    }),
    sessions: new SessionTable(Number.POSITIVE_INFINITY),
    rows: 0,
  };
  return slice;
}

/** A ring of memory links over the given cuts. */
export function makeRing(cuts: number[], options: TestRingOptions = {}): TestRing {
  const { epoch = 1, ring, self = DRIVER, lapTimeoutMs = 2000, beforeRun, grants = () => 'local', slices } = options;
  const bounds = [0, ...cuts, LAYERS];
  const stages = bounds.length - 1;
  const { tabs = Array.from({ length: stages }, (_, stage) => stage) } = options;
  const [entryAtDriver, entryAtStage] = memoryLinkPair(self, peer(tabs[0]!));
  const [exitAtDriver, exitAtStage] =
    stages === 1 ? [entryAtDriver, entryAtStage] : memoryLinkPair(self, peer(tabs.at(-1)!));
  const hops = Array.from({ length: stages - 1 }, (_, index) =>
    memoryLinkPair(peer(tabs[index]!), peer(tabs[index + 1]!)),
  );
  const nodes = Array.from({ length: stages }, (_, stage) => {
    const next = hops[stage]?.[0];
    const [start, end] = [bounds[stage]!, bounds[stage + 1]!];
    const key = `${tabs[stage]}/${start}-${end}`;
    const slice = slices && (slices.get(key) ?? makeSlice(start, end));
    if (slice) slices.set(key, slice);
    const node = new RingNode({
      epoch,
      stage,
      grants: grants(stage),
      ...(slice ?? {
        executor: arithmeticExecutor({ start, end, layers: LAYERS, beforeRun: () => beforeRun?.(stage) }),
      }),
      ...(next ? { next } : {}),
      linkTo: (id) => (id === self && stage === stages - 1 ? exitAtStage : undefined),
    });
    const inputs = [stage === 0 ? entryAtStage : hops[stage - 1]![1], ...(next ? [next] : [])];
    for (const link of inputs) {
      link.listen({ onFrame: (bytes) => node.accept(link, decodeFrame(bytes)), onClose: () => node.linkClosed(link) });
    }
    return node;
  });
  const seats = Array.from({ length: stages }, (_, stage) =>
    testSeat(tabs[stage]!, bounds[stage]!, bounds[stage + 1]!),
  );
  const ends = { entry: entryAtDriver, exit: exitAtDriver };
  const client = new RingClient({ epoch, ring, self, ...ends, seats, lapTimeoutMs });
  return { client, nodes, links: hops.map((hop) => hop[0]), ...ends };
}

export const testSeat = (stage: number, start: number, end: number): Seat => ({
  peer: peer(stage),
  start,
  end,
  backend: 'wasm',
  device: `device ${stage}`,
  totalBytes: 10 * (end - start),
  loadedBytes: 10 * (end - start),
  ready: true,
});

export const testOptions = (fields: Partial<GenerateOptions> = {}): GenerateOptions => ({
  sampling: GREEDY,
  maxTokens: 24,
  maxContext: 4096,
  eosIds: new Set(),
  onToken: () => undefined,
  ...fields,
});

/** Ids of one answer to `PROMPT` over a ring of its own. */
export async function answer(cuts: number[], fields: Partial<GenerateOptions> = {}): Promise<number[]> {
  const ring = makeRing(cuts);
  return (await new Conversation(async () => ring.client).generate(PROMPT, testOptions(fields))).ids;
}
