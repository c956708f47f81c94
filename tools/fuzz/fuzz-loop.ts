// One lane of frames at the loops of an entry: whatever drivers say is taken or refused by name, and once they have gone nothing of
// them is left, at the entry or behind it. No server takes part.
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import { newSessionId, type PeerId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { unpackJson } from '../../shard-worker/ring/open-session.ts';
import { DRIVER, HeldLink, settle } from '../../shard-worker/ring/test-stage.ts';
import { TestLoops } from '../../shard-worker/worker/test-loops.ts';
import { hostileBytes, hostileFrame } from './hostile-frame.ts';
import type { LaneOptions } from './lane-options.ts';

const FRAMES = 60;
const EPOCH = 1;
/** Whoever is gone is waited for so long at most; a test's clock jumps there. */
const GONE_MS = 11 * 60_000;
const LEFT_MS = 5_000;

export async function fuzzLoop({ random, findings, name }: LaneOptions): Promise<void> {
  const loops = new TestLoops({ driver: DRIVER });
  const { nodes } = loops.open(random.pick([[], [4], [2, 5]]), { epoch: EPOCH });
  const links = [new HeldLink(), new HeldLink(), new HeldLink('9'.repeat(32) as PeerId)];
  const sessions = Array.from({ length: 5 }, newSessionId);
  const loop = { maxTokens: random.pick([1, 9, 300]), eosIds: [], ahead: 16, turn: 1, drafter: 'none' };
  const open = { driver: DRIVER, sampling: GREEDY, loop };
  for (let round = 0; round < FRAMES; round++) {
    const frame = hostileFrame(random, { epoch: EPOCH, sessions, open });
    findings.countSent(
      name,
      `loop ${frame.kind}`,
      JSON.stringify({ ...frame, payload: [...frame.payload.slice(0, 40)] }),
    );
    const link = random.pick(links);
    try {
      loops.host.take(link, decodeFrame(hostileBytes(random, frame)));
    } catch (error) {
      findings.countHeard(`loop ${PoolError.from(error).code}`);
      if (!(error instanceof PoolError)) findings.fault(name, `a loop failed: ${String(error)}`);
    }
    if (round % 20 === 19) await settle();
  }
  await settle();
  for (const link of links) {
    for (const code of codesOf(link)) {
      findings.countHeard(`loop ${String(code)}`);
      if (code === 'internal') findings.fault(name, 'a loop told its driver that nobody foresaw something');
    }
    link.close();
    loops.host.linkClosed(link);
  }
  const untilMs = performance.now() + LEFT_MS;
  const left = (): number => loops.host.busy + nodes.reduce((sum, node) => sum + node.sessions, 0);
  while (left() > 0 && performance.now() < untilMs) {
    loops.nowMs += GONE_MS;
    loops.host.sweep();
    await settle();
  }
  if (left() > 0) findings.fault(name, `${left()} loops and sessions are left of drivers that are gone`);
}

const codesOf = ({ sent }: HeldLink): unknown[] =>
  sent.flatMap(({ kind, payload }) => (kind === 'error' ? [(unpackJson(payload) as { code?: unknown }).code] : []));
