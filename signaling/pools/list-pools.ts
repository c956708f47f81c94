// The list of pools as pages read it: what the roster says, and beside it what was decided about each. Pure.
import type { PoolSummary } from '../../protocol/control.ts';
import type { ModelFacts, poolSchema } from '../../protocol/http/pool.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { kvBytesPerLayer, type ModelManifest } from '../../protocol/manifest.ts';
import { tellPool } from '../roster/summarise-pools.ts';
import type { PoolPolicy } from './pool-types.ts';

/** A pool as `/api/pools` writes it. */
export type PoolView = Wire<typeof poolSchema>;

/** What a pool's model is like, from its graph. */
const describeModel = (manifest: ModelManifest, context: number): ModelFacts => ({
  layers: manifest.layers,
  hiddenSize: manifest.hiddenSize,
  layerBytes: manifest.layerBytes,
  embeddingBytes: manifest.embeddingBytes,
  headBytes: manifest.headBytes,
  tiedBytes: manifest.tiedBytes,
  kvBytesPerToken: manifest.layers * kvBytesPerLayer(manifest, 1),
  contextTokens: context,
});

/** A summary that the control socket knows, and what only HTTP tells. */
export const describePool = (summary: PoolSummary, policy: PoolPolicy | undefined): PoolView => ({
  ...summary,
  policy: policy?.policy ?? 'commons',
  market: policy?.market ?? null,
  isKept: policy !== undefined,
  stages: policy?.stages ?? null,
  recruit: policy?.recruit ?? true,
  loaded: policy?.loaded ?? true,
  listedPeers: policy?.members.length ?? 0,
  price: policy?.price ?? null,
  embedOrigins: policy?.embedOrigins ?? [],
  sponsor: policy?.sponsor ?? null,
  createdBy: policy?.createdBy ?? null,
  details: policy?.manifest ? describeModel(policy.manifest, policy.maxContext) : null,
  createdAt: policy?.createdAt.toISOString() ?? null,
  updatedAt: policy?.updatedAt.toISOString() ?? null,
});

/** What the roster would say of a pool that nobody has come to. */
export const emptySummary = ({ id, model, loaded }: PoolPolicy): PoolSummary => ({
  ...{ pool: id, model, peers: 0, state: 'empty' },
  ...tellPool([{ kind: loaded ? 'no-tab' : 'unloaded' }]),
});

/** The roster's pools in its order, then kept ones that nobody has come to. */
export function listPools(summaries: readonly PoolSummary[], policies: readonly PoolPolicy[]): PoolView[] {
  const byId = new Map<string, PoolPolicy>(policies.map((policy) => [policy.id, policy]));
  const seen = new Set(summaries.map(({ pool }) => pool));
  const empty = policies.filter(({ id }) => !seen.has(id)).map(emptySummary);
  return [...summaries, ...empty].map((summary) => describePool(summary, byId.get(summary.pool)));
}
