// How large a model's weights are, as far as somebody says so before it is read: the server of a pool that it has read, the site's
// list of its own files, the hub of its.
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { modelOf, type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import { DTYPES, graphPath } from '../../shard-worker/hub/dtype-files.ts';
import { hubFileUrl } from '../../shard-worker/hub/hub-location.ts';
import { modelSource } from '../../shard-worker/peer/site.ts';
import { allBytes } from '../format/layer-bytes.ts';
import type { PreflightFacts } from './preflight-lines.ts';

type ModelSize = Exclude<PreflightFacts['model'], 'looking'>;

/** The hub's own pages need a second; whoever waits longer goes on without. */
const TIMEOUT_MS = 8_000;

interface Question {
  pool: PoolRef;
  config: SiteConfig;
  pools: readonly PoolInfo[] | undefined;
  origin: string;
}

export async function readModelSize(
  { pool, config, pools, origin }: Question,
  signal: AbortSignal,
): Promise<ModelSize> {
  const id = poolIdOf(modelOf(pool));
  const read = pools?.find((one) => one.details && poolIdOf(modelOf(one.model)) === id)?.details;
  if (read) return { kind: 'found', bytes: allBytes(read) };
  const { indexUrl, hubUrl } = modelSource(pool, config, origin);
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await (indexUrl ? sizeInList(indexUrl, pool, until) : sizeAtHub(hubUrl, pool, until));
  } catch {
    return 'unknown';
  }
}

/** Paths and sizes of a repository, as `index.json` has them. */
type Listed = Record<string, { size?: unknown }>;

async function sizeInList(url: string, { repo, dtype }: PoolRef, signal: AbortSignal): Promise<ModelSize> {
  const list = (await (await fetch(url, { signal })).json()) as { models?: { repo?: unknown; files?: Listed }[] };
  const files = list.models?.find((model) => model.repo === repo)?.files;
  if (!files) return 'unknown';
  const graph = graphPath(dtype);
  if (!files[graph]) {
    return { kind: 'missing', dtypes: DTYPES.filter((other) => files[graphPath(other)]) };
  }
  const own = Object.entries(files).filter(([path]) => path === graph || path.startsWith(`${graph}_data`));
  const bytes = own.reduce((sum, [, { size }]) => sum + (typeof size === 'number' ? size : 0), 0);
  return { kind: 'found', bytes };
}

/** By the first byte of each: a hub's answer to HEAD tells of the redirect, and its stores sign addresses for GET. */
async function sizeAtHub(hubUrl: string, { repo, revision, dtype }: PoolRef, signal: AbortSignal): Promise<ModelSize> {
  const graph = graphPath(dtype);
  const sizeOf = (path: string): Promise<number | undefined> => {
    return fileSize(hubFileUrl({ hubUrl, repo, revision }, path), signal);
  };
  const [inGraph, beside] = await Promise.all([sizeOf(graph), sizeOf(`${graph}_data`)]);
  if (inGraph === undefined) return { kind: 'missing', dtypes: [] };
  return { kind: 'found', bytes: inGraph + (beside ?? 0) };
}

/** Undefined where there is no such file. Throws where that is not known. */
async function fileSize(url: string, signal: AbortSignal): Promise<number | undefined> {
  const response = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal });
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  const size = Number(
    response.status === 206
      ? /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]
      : response.headers.get('content-length'),
  );
  if (!response.ok || !(size > 0)) throw new Error('The hub does not say how large the file is.');
  return size;
}
