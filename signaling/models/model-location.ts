// Where a model's files are for this server: among the models that its site serves itself, read without a network, or at the
// one hub that is configured.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { BoundedRead } from '../../shard-worker/read-manifest.ts';
import { modelRoutes } from '../site/serve-models.ts';

export interface ModelPlaces {
  /** Absolute address; a path of this site has no hub behind it. */
  hubUrl: string;
  modelsDir?: string | undefined;
}

/** Resolves nowhere by definition (RFC 6761): requests to it are answered here. */
const SITE = 'http://site.invalid/models';

/** Throws `model-not-found` where there is no hub to ask. */
export async function locateModel(
  repo: string,
  { hubUrl, modelsDir }: ModelPlaces,
): Promise<Pick<BoundedRead, 'hubUrl' | 'indexUrl' | 'fetch'>> {
  if (modelsDir && (await isOfSite(repo, modelsDir))) {
    const routes = new Hono().route('/', modelRoutes(modelsDir));
    routes.onError((error) => new Response(null, { status: PoolError.from(error).status }));
    const fromSite: typeof fetch = async (input, init) => routes.request(String(input).slice(SITE.length), init);
    return { hubUrl: SITE, indexUrl: `${SITE}/index.json`, fetch: fromSite };
  }
  if (!URL.canParse(hubUrl)) {
    throw new PoolError('model-not-found', 'This server has no hub; it serves the models of its own list alone.');
  }
  return { hubUrl };
}

/** The list is ours, but a server may run without models. */
export async function isOfSite(repo: string, modelsDir: string | undefined): Promise<boolean> {
  if (!modelsDir) return false;
  try {
    const index: unknown = JSON.parse(await readFile(join(modelsDir, 'index.json'), 'utf8'));
    const { models } = index as { models?: { repo?: unknown }[] };
    return Array.isArray(models) && models.some((model) => model.repo === repo);
  } catch {
    return false;
  }
}
