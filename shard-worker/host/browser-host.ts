// A browser as the host of peers. The one place where a peer meets globals of a page; decides nothing.
import type { StatedDevice } from '../../protocol/lend-memory.ts';
import { ChannelBroker } from './channel-broker.ts';
import type { Host } from './host.ts';
import { keepIdentity, keptKeys } from './keep-identity.ts';
import { BrowserShelf } from './keep-unfinished.ts';
import { openSocket } from './open-socket.ts';
import { spawnSentinel } from './spawn-sentinel.ts';
import { spawnWorker } from './spawn-worker.ts';

export const browserHost: Host = {
  // Asked when it is wanted: whoever only loads this may have no page.
  get origin() {
    return location.origin;
  },
  get device() {
    return navigator as StatedDevice;
  },
  // Wrapped: the global fetch throws "illegal invocation" when called as a method of another object.
  fetch: (url) => fetch(url),
  openSocket,
  spawnWorker,
  spawnSentinel,
  openBroker: (options) => new ChannelBroker(options),
  keepIdentity: () => keepIdentity(),
  keptKeys: () => keptKeys(),
  unfinished: new BrowserShelf(() => globalThis.indexedDB),
};
