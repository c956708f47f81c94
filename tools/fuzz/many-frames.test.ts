// A hundred thousand frames that are malformed, cut short, out of order or said twice, through proved links into one stage that
// goes on computing: nothing ends but the links, each with a reason, and the memory of it all is bounded.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { PoolError } from '../../protocol/errors.ts';
import { cutFragments } from '../../protocol/fragment.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { makeProvedEnds } from '../../shard-worker/links/proved-pair.ts';
import {
  accept,
  DRIVER,
  EPOCH,
  GRANT,
  makeStage,
  openSession,
  settle,
  stepFrame,
} from '../../shard-worker/ring/test-stage.ts';
import { hostileBytes, hostileFrame } from './hostile-frame.ts';

/** All of them with `npm run test:frames`. */
const FRAMES = process.env.ALL_FRAMES ? 100_000 : 4_000;
/** A link that has closed is made anew, as a neighbour would; so many frames go into one at most. */
const BURST = 1_000;
const MOST_GROWTH_BYTES = 40e6;

const collect = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

test(`${FRAMES} bad frames leave a stage that computes, bounded memory, and links closed with a reason`, async () => {
  const random = new SeededRandom(20_261_129);
  const refused = new Map<string, number>();
  const count = ({ code }: { code: string }): void => void refused.set(code, (refused.get(code) ?? 0) + 1);
  const stage = makeStage({ start: 0, end: 2, onRefused: count, onFault: count });
  const sessions = Array.from({ length: 5 }, newSessionId);
  const open = { driver: DRIVER, sampling: GREEDY, grant: GRANT };
  let [sent, links, reasons] = [0, 0, 0];
  let calmBytes = 0;
  while (sent < FRAMES) {
    const { a, b, channelB, faultsB } = await makeProvedEnds();
    links += 1;
    b.listen({
      onFrame(bytes) {
        try {
          stage.node.accept(stage.up, decodeFrame(bytes));
        } catch (error) {
          count(error as { code: string });
          b.noteFault(error as PoolError);
        }
      },
      onClose: () => {},
    });
    for (let burst = 0; burst < BURST && !b.closed && sent < FRAMES; burst++, sent++) {
      const bytes = hostileBytes(random, hostileFrame(random, { epoch: EPOCH, sessions, open }));
      const pieces = cutFragments({ number: burst + 1, previous: burst }, bytes, random.pick([64, 4600]));
      for (const piece of pieces) if (random.next() < 0.02) piece[random.whole(0, 15)] = random.whole(0, 255);
      const whole = random.next() < 0.8 ? pieces : random.shuffle([...pieces, ...pieces.slice(0, 1)]);
      for (const piece of whole.slice(0, random.next() < 0.9 ? whole.length : 1)) channelB.deliver(piece);
    }
    if (b.closed)
      expect(faultsB.at(-1)).toMatchObject({ code: 'link-failed', message: expect.stringMatching(/nobody can read/) });
    reasons += Number(b.closed);
    a.close();
    b.close();
    await settle();
    if (sent >= FRAMES / 4 && calmBytes === 0) {
      collect();
      calmBytes = process.memoryUsage().heapUsed;
    }
    stage.up.sent.length = 0;
  }
  await settle();
  collect();
  expect(process.memoryUsage().heapUsed - calmBytes).toBeLessThan(MOST_GROWTH_BYTES);
  expect(reasons, `${links} links`).toBeGreaterThan(FRAMES / 2_000);
  expect([...refused.keys()]).not.toContain('internal');
  expect(refused.get('bad-frame')).toBeGreaterThan(50);
  // And it computes.
  const session = await openSession(stage);
  accept(stage, stepFrame(session));
  await settle();
  expect(stage.next.sent.some(({ kind, session: of }) => kind === 'hidden' && of === session)).toBe(true);
  await stage.node.close();
  expect([stage.caches.opened - stage.caches.disposed, stage.node.sessions]).toEqual([0, 0]);
});
