// The site's own models, under the paths of the hub (`/models/owner/repo/resolve/main/file`), so that a tab loads them
// with the same code.
import { join } from 'node:path';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { PoolError } from '../../protocol/errors.ts';
import { repoSchema } from '../../protocol/ids.ts';
import { findFile } from './find-file.ts';
import { serveFile } from './serve-file.ts';

/** The one revision that a folder has. */
const REVISION = 'main';
/** Tabs keep slices themselves, by hash; what they ask anew must be current. */
const REVALIDATE = 'public, max-age=0, must-revalidate';

/** Routes below `/models`. What is not a model file or the index falls through to the site. */
export function modelRoutes(modelsDir: string): Hono {
  const routes = new Hono();
  routes.use('*', cors({ origin: '*', allowHeaders: ['Range', 'If-Range'], exposeHeaders: EXPOSED }));
  // Written by the export of the models: titles, sizes and hashes, by which tabs check what they load.
  routes.get('/index.json', async (c) => {
    const file = await findFile(modelsDir, 'index.json');
    if (!file) throw new PoolError('model-not-found', 'This site has no models of its own.');
    return serveFile(c.req.raw, file, { cacheControl: REVALIDATE });
  });
  routes.get('/:owner/:repo/resolve/:revision/*', async (c) => {
    const { owner, repo, revision } = c.req.param();
    // `path` is as it came, still encoded: findFile decodes each segment once.
    const folder = `/${owner}/${repo}/resolve/${revision}/`;
    const inRepo = c.req.path.slice(c.req.path.indexOf(folder) + folder.length);
    const isRepo = repoSchema.safeParse(`${owner}/${repo}`).success;
    const file = isRepo && revision === REVISION ? await findFile(join(modelsDir, owner, repo), inRepo) : undefined;
    if (!file) throw new PoolError('model-not-found', 'This site has no such model file.');
    return serveFile(c.req.raw, file, { cacheControl: REVALIDATE });
  });
  return routes;
}

const EXPOSED = ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'];
