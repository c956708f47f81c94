// The attacker, a process of its own at one address: fifty sockets and ten lanes of HTTP that do what a stranger can think of,
// until it is told to stop. Counts what it sent and what it was told.
import { askHttp } from '../fuzz/ask-http.ts';
import { newPersona } from '../fuzz/persona.ts';
import { attackHttp } from './attack-http.ts';
import type { AttackOptions, AttackScene } from './attack-scene.ts';
import { attackSockets } from './attack-sockets.ts';
import { openOwnPool } from './own-pool.ts';

const { url, address, pool, manifest } = JSON.parse(process.argv[2] ?? '{}') as AttackOptions;
const sent: Record<string, number> = {};
const heard: Record<string, number> = {};
const count = (counts: Record<string, number>) => (kind: string) => {
  counts[kind] = (counts[kind] ?? 0) + 1;
};
let isOver = false;

// Whatever is thrown here is the attacker's own affair: it goes on.
process.on('uncaughtException', () => count(heard)('threw'));
process.on('unhandledRejection', () => count(heard)('threw'));

const persona = await newPersona(url, address);
// Without one no batch may name a hook.
await askHttp({
  method: 'POST',
  url: `${url}/api/account/webhook-secret`,
  headers: persona.asPage,
  localAddress: address,
});
const scene: AttackScene = {
  ...{ url, address, pool, manifest, persona },
  sent: count(sent),
  heard: count(heard),
  isOver: () => isOver,
  ownPool: await openOwnPool(url, address, persona),
};
process.on('message', () => {
  isOver = true;
  process.send?.({ sent, heard }, () => process.exit(0));
});
process.on('disconnect', () => process.exit(1));
attackSockets(scene);
attackHttp(scene);
process.send?.('begun');
