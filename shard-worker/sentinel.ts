// The sentinel program: a worker that holds no model and answers the pulses of this tab's links.
import { openHanded } from './links/open-handed.ts';
import { Sentinel, TICK_MS } from './sentinel/sentinel.ts';
import type { SentinelEvents, SentinelMethods } from './sentinel/sentinel-api.ts';
import { serveRpc } from './worker/rpc.ts';

const methods: SentinelMethods = {
  watch: ({ id, ...handed }) => sentinel.watch(id, openHanded(handed)),
  unwatch: ({ id }) => sentinel.unwatch(id),
};

const tell = serveRpc<SentinelEvents>(self as never, methods);
const sentinel = new Sentinel((pulse) => tell('pulse', pulse));
setInterval(() => sentinel.tick(), TICK_MS);
