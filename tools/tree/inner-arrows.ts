// Which room of the house may import which: the arrows within each of its folders, as docs/ARCHITECTURE.md draws them. A room
// that is not here has no arrows at all.
import { roomOf } from './find-circles.ts';
import type { ImportEdge } from './read-imports.ts';

/** Rooms, and doors that are one file, with what each may import besides itself; `*` is every room of its own folder. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  // The server, from what everything stands on to what puts it together.
  'signaling/config': [],
  'signaling/db': ['signaling/config'],
  'signaling/seal': ['signaling/config', 'signaling/db'],
  'signaling/ledger': ['signaling/db'],
  'signaling/settlement': ['signaling/db'],
  'signaling/money': ['signaling/ledger', 'signaling/settlement'],
  'signaling/admission': [],
  'signaling/planner': [],
  'signaling/roster': ['signaling/planner'],
  'signaling/observe': [],
  'signaling/site': [],
  'signaling/http': [
    ...['signaling/admission', 'signaling/config', 'signaling/db', 'signaling/ledger', 'signaling/observe'],
    'signaling/site',
  ],
  'signaling/accounts': ['signaling/admission', 'signaling/db', 'signaling/http', 'signaling/ledger', 'signaling/seal'],
  'signaling/jobs': [
    ...['signaling/accounts', 'signaling/admission', 'signaling/db', 'signaling/http', 'signaling/ledger'],
    ...['signaling/money', 'signaling/observe', 'signaling/planner', 'signaling/roster', 'signaling/settlement'],
  ],
  'signaling/models': ['signaling/admission', 'signaling/site'],
  'signaling/pools': [
    ...['signaling/db', 'signaling/http', 'signaling/jobs', 'signaling/ledger', 'signaling/models'],
    'signaling/roster',
  ],
  'signaling/network': ['signaling/http', 'signaling/jobs', 'signaling/roster', 'signaling/settlement'],
  'signaling/chain': ['signaling/config', 'signaling/db'],
  'signaling/payments': [
    ...['signaling/chain', 'signaling/config', 'signaling/db', 'signaling/http', 'signaling/jobs', 'signaling/ledger'],
    ...['signaling/money', 'signaling/payouts', 'signaling/pools', 'signaling/settlement'],
  ],
  'signaling/openai': [
    ...['signaling/http', 'signaling/jobs', 'signaling/ledger', 'signaling/payments', 'signaling/pools'],
    ...['signaling/roster', 'signaling/settlement'],
  ],
  'signaling/batches': [
    ...[
      'signaling/admission',
      'signaling/db',
      'signaling/http',
      'signaling/jobs',
      'signaling/ledger',
      'signaling/openai',
    ],
    'signaling/seal',
  ],
  'signaling/payouts': ['signaling/db'],
  'signaling/canary': ['signaling/jobs', 'signaling/roster'],
  'signaling/control': [
    ...['signaling/admission', 'signaling/canary', 'signaling/http', 'signaling/jobs', 'signaling/ledger'],
    ...['signaling/models', 'signaling/roster'],
  ],
  // The server's owner reads and changes what the others keep.
  'signaling/admin': [
    ...['signaling/accounts', 'signaling/admission', 'signaling/db', 'signaling/http', 'signaling/jobs'],
    ...['signaling/ledger', 'signaling/models', 'signaling/pools', 'signaling/roster'],
  ],
  'signaling/tls': ['signaling/config', 'signaling/db', 'signaling/http', 'signaling/site'],
  signaling: ['*'],
  // The pages: each has a room of its own, and imports no other page's.
  // Texts: one catalogue for each room below, in English; another language has the same shape.
  'app/text': [],
  'app/text/english': ['app/text'],
  'app/text/german': ['app/text', 'app/text/english'],
  // Lays a language over the catalogues.
  'app/language': ['app/text', 'app/text/german'],
  'app/format': ['app/text', 'app/text/english'],
  'app/route': [],
  'app/offline': ['app/route'],
  'app/state': ['app/offline', 'app/text', 'app/text/english'],
  'app/ui': ['app/format', 'app/language', 'app/route', 'app/state', 'app/text', 'app/text/english'],
  'app/account': ['app/earn', 'app/format', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  // For whoever runs the server.
  'app/admin': ['app/format', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  'app/chat': ['app/format', 'app/pay', 'app/route', 'app/state', 'app/text/english', 'app/ui'],
  // What operators of market pools have earned, and how whoever runs the server stands: no page, parts of three.
  'app/earn': ['app/pay', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  'app/join': ['app/earn', 'app/format', 'app/route', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  // How a person pays for what a market pool answers: no page, beside the conversation.
  'app/pay': ['app/state', 'app/text', 'app/text/english', 'app/ui'],
  'app/pools': ['app/earn', 'app/format', 'app/route', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  'app/network': ['app/format', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  // Documents and the reference of the API, and what the documents show, as files.
  'app/docs': ['app/route', 'app/text/english', 'app/ui'],
  'app/docs/reference': ['app/route', 'app/text/english', 'app/ui'],
  // A deck, whose figures are read when the site is built.
  'app/pitch': ['app/format', 'app/route', 'app/text/english', 'app/ui'],
  // The demonstration on the start page and the network's numbers there.
  'app/story': ['app/format', 'app/state', 'app/text/english', 'app/ui'],
  'app/trust': ['app/route', 'app/state', 'app/text', 'app/text/english', 'app/ui'],
  // It is a chat.
  'app/embed': [
    ...['app/chat', 'app/format', 'app/language', 'app/pay', 'app/route', 'app/state', 'app/text', 'app/text/english'],
    'app/ui',
  ],
  app: ['*'],
  // The words that all three programs share.
  protocol: [],
  'protocol/http': ['protocol'],
  // A peer, from the words that all its rooms share to the doors that pages, workers and the server open.
  'shard-worker/words': [],
  'shard-worker/sampling': [],
  'shard-worker/codec': ['shard-worker/words'],
  'shard-worker/hub': ['shard-worker/words'],
  'shard-worker/links': ['shard-worker/words'],
  'shard-worker/onnx': ['shard-worker/words'],
  'shard-worker/engine': ['shard-worker/onnx', 'shard-worker/sampling', 'shard-worker/words'],
  'shard-worker/model': ['shard-worker/engine', 'shard-worker/hub', 'shard-worker/onnx', 'shard-worker/words'],
  'shard-worker/ring': [
    ...['shard-worker/codec', 'shard-worker/engine', 'shard-worker/links', 'shard-worker/sampling'],
    ...['shard-worker/words'],
  ],
  'shard-worker/driver': [
    ...['shard-worker/engine', 'shard-worker/links', 'shard-worker/ring', 'shard-worker/sampling'],
    ...['shard-worker/words'],
  ],
  'shard-worker/worker': [
    ...['shard-worker/driver', 'shard-worker/engine', 'shard-worker/links', 'shard-worker/model'],
    ...['shard-worker/ring', 'shard-worker/words'],
  ],
  'shard-worker/sentinel': ['shard-worker/links'],
  'shard-worker/host': ['shard-worker/sentinel', 'shard-worker/words', 'shard-worker/worker'],
  'shard-worker/peer': ['shard-worker/host', 'shard-worker/sentinel', 'shard-worker/words', 'shard-worker/worker'],
  'shard-worker/page-ring': [...['shard-worker/host', 'shard-worker/links', 'shard-worker/peer', 'shard-worker/words']],
  'shard-worker/page-ring.ts': ['shard-worker/host', 'shard-worker/page-ring'],
  'shard-worker/index.ts': ['shard-worker/host', 'shard-worker/peer', 'shard-worker/words'],
  'shard-worker/watch.ts': ['shard-worker/host', 'shard-worker/peer'],
  'shard-worker/worker.ts': ['shard-worker/worker'],
  'shard-worker/sentinel.ts': ['shard-worker/links', 'shard-worker/sentinel', 'shard-worker/worker'],
  'shard-worker/read-manifest.ts': ['shard-worker/hub', 'shard-worker/model'],
  'shard-worker/read-prompt.ts': [
    ...['shard-worker/driver', 'shard-worker/hub', 'shard-worker/model', 'shard-worker/worker'],
  ],
};

/** A door stands for itself, any other file for its room. */
export const homeOf = (path: string, rooms: Readonly<Record<string, readonly string[]>> = ROOMS): string =>
  path in rooms ? path : roomOf(path);

const topOf = (path: string): string => path.split('/')[0] ?? '';

/**
 * One sentence per arrow that is not drawn.
 *
 * @param edges of code that runs: tests reach for what they test.
 * @param rooms the drawing; only folders that it has rooms of are looked at.
 */
export function findInnerViolations(
  edges: readonly ImportEdge[],
  rooms: Readonly<Record<string, readonly string[]>> = ROOMS,
): string[] {
  const tops = new Set(Object.keys(rooms).map(topOf));
  return edges.flatMap(({ from, to }) => {
    const [here, there] = [homeOf(from, rooms), homeOf(to, rooms)];
    if (!tops.has(topOf(from)) || topOf(from) !== topOf(to) || here === there) return [];
    const allowed = rooms[here];
    if (!allowed) return [`${from} lies in ${here}, which has no arrows drawn: say what it may import`];
    if (allowed.includes('*') || allowed.includes(there)) return [];
    return [`${from} imports ${to}: ${here} may import ${allowed.join(', ') || 'nothing of this folder'}`];
  });
}
