// Reads manifests for new pools: from the models that this site serves itself, without a network, or from the one hub
// that is configured. A few at a time, so that pools cannot be used to make this server download.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { type ReadManifestOptions, readManifest } from '../../shard-worker/read-manifest.ts';
import { modelRoutes } from '../site/serve-models.ts';

export interface ManifestReaderOptions {
  /** Absolute address; a path of this site has no hub behind it. */
  hubUrl: string;
  modelsDir?: string | undefined;
  /** For tests. */
  limits?: Pick<ReadManifestOptions, 'timeoutMs' | 'maxBytes' | 'retry'>;
}

export type ReadPoolManifest = (model: ModelRef, signal?: AbortSignal) => Promise<ModelManifest>;

/** Graphs are parsed in memory, tens of megabytes each at worst. */
const MAX_AT_ONCE = 2;
/** Resolves nowhere by definition (RFC 6761): requests to it are answered here. */
const SITE = 'http://site.invalid/models';

export function createManifestReader({ hubUrl, modelsDir, limits }: ManifestReaderOptions): ReadPoolManifest {
  const routes = modelsDir ? new Hono().route('/', modelRoutes(modelsDir)) : undefined;
  routes?.onError((error) => new Response(null, { status: PoolError.from(error).status }));
  let running = 0;
  const fromSite: typeof fetch = async (input, init) =>
    (await routes?.request(String(input).slice(SITE.length), init)) ?? new Response(null, { status: 404 });

  return async (model, signal) => {
    if (running >= MAX_AT_ONCE) {
      throw new PoolError('rate-limited', 'The server reads other models just now.', {
        data: { retryAfterSeconds: 5 },
      });
    }
    running += 1;
    try {
      const common = { model, signal, ...limits };
      if (modelsDir && (await isListed(modelsDir, model.repo))) {
        return await readManifest({ ...common, hubUrl: SITE, indexUrl: `${SITE}/index.json`, fetch: fromSite });
      }
      if (!URL.canParse(hubUrl)) {
        throw new PoolError('model-not-found', 'This server has no hub; it serves the models of its own list alone.');
      }
      return await readManifest({ ...common, hubUrl });
    } finally {
      running -= 1;
    }
  };
}

/** The list is ours, but a server may run without models. */
async function isListed(modelsDir: string, repo: string): Promise<boolean> {
  try {
    const index: unknown = JSON.parse(await readFile(join(modelsDir, 'index.json'), 'utf8'));
    const { models } = index as { models?: { repo?: unknown }[] };
    return Array.isArray(models) && models.some((model) => model.repo === repo);
  } catch {
    return false;
  }
}
