// Receipts of a whole ring: what one peer sent is what the next one got, at equal frame counts, from the driver's step to its
// result.
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { newSessionId, type PeerId, type SessionId } from '../../protocol/ids.ts';
import { chainNext, chainStart, checkReceipt } from '../../protocol/receipt.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { MeterRegistry } from './meter-registry.ts';
import { RingNode } from './ring-node.ts';
import { closeFrame, DRIVER, EPOCH, JOB, makeGrant, ORCHESTRATOR, openFrame, POOL, stepFrame } from './test-stage.ts';

const LAYERS = 6;
const CUTS = [0, 1, 4, 6];
const STAGES = CUTS.length - 1;
const identities = await Promise.all(CUTS.slice(1).map(async () => identityOf(await newIdentityKeys())));
const idOf = (stage: number): PeerId => identities[stage]!.peer;

/** Three stages that ask for grants, and the two ends of a driver. */
function makeRing() {
  const [entry, intoEntry] = memoryLinkPair(DRIVER, DRIVER);
  const [exit, intoExit] = memoryLinkPair(DRIVER, DRIVER);
  const hops = [0, 1].map((stage) => memoryLinkPair(idOf(stage), idOf(stage + 1)));
  const registries = Array.from({ length: STAGES }, () => new MeterRegistry());
  for (let stage = 0; stage < STAGES; stage++) {
    const next = hops[stage]?.[0];
    const node = new RingNode({
      epoch: EPOCH,
      stage,
      executor: arithmeticExecutor({ start: CUTS[stage]!, end: CUTS[stage + 1]!, layers: LAYERS }),
      grants: {
        trust: { orchestratorKey: () => ORCHESTRATOR.publicKey },
        pool: POOL,
        self: idOf(stage),
        meters: registries[stage]!,
      },
      linkTo: () => intoExit,
      ...(next ? { next } : {}),
    });
    for (const link of [stage === 0 ? intoEntry : hops[stage - 1]![1], ...(next ? [next] : [])]) {
      link.listen({ onFrame: (bytes) => node.accept(link, decodeFrame(bytes)), onClose: () => node.linkClosed(link) });
    }
  }
  return { entry, exit, registries };
}

async function chainOf(session: SessionId, frames: readonly Frame[]): Promise<string> {
  let chain = await chainStart({ job: JOB, nonce: '2'.repeat(32), session, epoch: EPOCH });
  for (const { position, tokens, payload } of frames)
    chain = await chainNext(chain, { position, rows: tokens, payload });
  return chain;
}

test.each(['exact', 'f16', 'int8'] as const)(
  'in %s: the chains of stages agree at each edge, and at the ends with what the driver sent and got',
  async (codec) => {
    const { entry, exit, registries } = makeRing();
    const session = newSessionId();
    const [sent, got]: [Frame[], Frame[]] = [[], []];
    const answers: (() => void)[] = [];
    exit.listen({
      onFrame: (bytes) => {
        got.push(decodeFrame(bytes));
        answers.shift()?.();
      },
      onClose: () => {},
    });
    const lap = (frame: Frame): Promise<void> => {
      sent.push(frame);
      entry.send(encodeFrame(frame));
      return new Promise((resolve) => answers.push(resolve));
    };
    entry.send(encodeFrame(openFrame(session, { grant: makeGrant({ maxPosition: 32 }), logprobs: 2, codec })));
    // Two chunks of a prefill at once, steps, and a draft of three that is taken back.
    await Promise.all([
      lap(stepFrame(session, { lap: 1, flags: 0 }, [1, 2, 3, 4])),
      lap(stepFrame(session, { lap: 2, position: 4 }, [5, 6])),
    ]);
    await lap(stepFrame(session, { lap: 3, position: 6, flags: 4 }, [7, 8, 9]));
    await lap(stepFrame(session, { lap: 4, position: 7, flags: 3 }, [8]));
    entry.send(encodeFrame(closeFrame(session)));
    const stages = await Promise.all(
      registries.map(async (registry, stage) => {
        const [receipt] = await registry.receiptsFor(identities[stage]!, { job: JOB, epoch: EPOCH });
        return checkReceipt(receipt!);
      }),
    );
    expect(stages.map((each) => [each.start, each.end, each.frames, each.from, each.to, each.lastFrom])).toEqual([
      [0, 1, 4, 0, 9, 7],
      [1, 4, 4, 0, 9, 7],
      [4, 6, 4, 0, 9, 7],
    ]);
    expect(stages[0]!.chainIn).toBe(await chainOf(session, sent));
    expect(stages[1]!.chainIn).toBe(stages[0]!.chainOut);
    expect(stages[2]!.chainIn).toBe(stages[1]!.chainOut);
    expect(stages[2]!.chainOut).toBe(await chainOf(session, got));
    expect(new Set(stages.flatMap(({ chainIn, chainOut }) => [chainIn, chainOut])).size).toBe(4);
  },
);
