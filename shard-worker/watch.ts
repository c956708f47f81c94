// The small door of this package for pages: look at a pool. Loads no worker, no keys and no links, so that a page may have it before
// anybody has pressed anything.
import { openSocket } from './host/open-socket.ts';
import * as watch from './peer/watch-pool.ts';

/**
 * Looks at a pool and takes no part.
 *
 * @example
 * const watched = watchPool({ pool: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } });
 * watched.state.subscribe(() => console.log(watched.state.get().coalition?.seats.length));
 */
export const watchPool = (options: Parameters<typeof watch.watchPool>[1]): watch.PoolWatch =>
  watch.watchPool({ origin: location.origin, openSocket }, options);
