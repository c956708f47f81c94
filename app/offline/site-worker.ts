// The service worker of the site: keeps the pages of one build and gives them out where the server does not answer, so that the site
// opens without it. A cache has one build, checked by hashes and written when that is installed, never by what comes past: two builds
// are not mixed. The build puts the list of files in (`tools/site/write-site-worker.ts`).
import { pagePath } from '../route/page-path.ts';
import type { SiteFiles, SiteOrder } from './site-files.ts';
import { sourceOf } from './source-of.ts';

declare const SITE_FILES: SiteFiles;

/** What is used here of a service worker's surroundings: TypeScript has them only in place of a page's. */
interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}
interface Scope {
  readonly origin: string;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'message', listener: (event: Waiting & MessageEvent<SiteOrder>) => void): void;
  addEventListener(
    type: 'fetch',
    listener: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
}
const scope = self as unknown as Scope;

const PREFIX = 'computepool-site-';
const OWN = PREFIX + SITE_FILES.build;
/** A server that has not answered by then is waited for by nobody who has the page. */
const PATIENCE_MS = 5_000;

const own = (): Promise<Cache> => caches.open(OWN);

async function install(): Promise<void> {
  const cache = await own();
  await Promise.all(Object.entries(SITE_FILES.pages).map(([path, hash]) => keepPage(cache, path, hash)));
  await keepFiles(cache, SITE_FILES.shell);
}

/** Throws where the server has another build by now: the browser then tries again with that one's worker. */
async function keepPage(cache: Cache, path: string, hash: string): Promise<void> {
  const answer = await fetch(path, { cache: 'no-cache' });
  const digest = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer());
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!answer.ok || found !== hash) throw new Error(`${path} is not of this build.`);
  await cache.put(path, answer);
}

async function keepFiles(cache: Cache, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await cache.match(path)) continue;
    const answer = (await caches.match(path)) ?? (await fetch(path));
    if (!answer.ok) throw new Error(`${path} is not there.`);
    await cache.put(path, answer);
  }
}

/** One cache of a build before stays: windows of it may be open, and load its files late. */
async function activate(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** A program of a worker reads its own address, with what was asked along: so the answer must not have the address that it was kept by. */
async function keptFirst(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { ignoreSearch: true, ignoreVary: true });
  return kept ? new Response(kept.body, kept) : fetch(request);
}

async function serverFirst(request: Request): Promise<Response> {
  const asked = fetch(request);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  asked.catch(() => {});
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  // A proxy says with these that its server is away.
  if (answer && answer.status < 502) return answer;
  const kept = await (await own()).match(pagePath(new URL(request.url).pathname), { ignoreVary: true });
  return kept ?? answer ?? asked;
}

const obey: { [Type in SiteOrder['type']]: (order: SiteOrder & { type: Type }, port?: MessagePort) => Promise<void> } =
  {
    // Nothing is kept that is of another build, or of nobody.
    keep: async ({ paths }) =>
      keepFiles(
        await own(),
        paths.filter((path) => SITE_FILES.engine.includes(path)),
      ),
    'keep-engine': async () => keepFiles(await own(), SITE_FILES.engine),
    'take-over': () => scope.skipWaiting(),
    'tell-build': async (_order, port) => port?.postMessage(SITE_FILES.build),
  };

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('message', (event) => {
  const { data, ports } = event;
  event.waitUntil((obey[data.type] as (order: SiteOrder, port?: MessagePort) => Promise<void>)(data, ports[0]));
});
scope.addEventListener('fetch', (event) => {
  const source = sourceOf(event.request, scope.origin, SITE_FILES);
  if (source) event.respondWith(source === 'kept' ? keptFirst(event.request) : serverFirst(event.request));
});
