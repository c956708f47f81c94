// A door of this package for pages: a whole ring within the page, for who wants to see one. A tab that lends or asks takes index.ts.
import { browserHost } from './host/browser-host.ts';
import * as ring from './page-ring/page-ring.ts';

export { ASKER, type Hop } from './page-ring/hop-watch.ts';
export type { PageAnswer, PageRing, PageRingState } from './page-ring/page-ring.ts';

/**
 * Forms a ring of workers in this page.
 *
 * @example
 * const pool = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } as const;
 * const ring = openPageRing({ pool, stages: 3, maxTokens: 64 });
 * await ring.ask('What is a shard?', { onText: console.log, onHop: console.log, signal: AbortSignal.timeout(60_000) });
 */
export const openPageRing = (options: ring.PageRingOptions): ring.PageRing => ring.openPageRing(browserHost, options);
