// Receipts of a whole ring as settlement compares them: what one peer sent is what the next one got, at equal frame counts.
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { newSessionId, type PeerId } from '../../protocol/ids.ts';
import { checkReceipt } from '../../protocol/receipt.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { JobMeter } from './job-meter.ts';
import { MeterRegistry } from './meter-registry.ts';
import { RingNode } from './ring-node.ts';
import { closeFrame, DRIVER, EPOCH, JOB, makeGrant, ORCHESTRATOR, openFrame, POOL, stepFrame } from './test-stage.ts';

const LAYERS = 6;
const CUTS = [0, 1, 4, 6];
const STAGES = CUTS.length - 1;
const identities = await Promise.all(CUTS.map(async () => identityOf(await newIdentityKeys())));
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

test.each(['exact', 'f16', 'int8'] as const)(
  'in %s: the chains of driver and stages agree at each edge, and at the count that the driver names',
  async (codec) => {
    const { entry, exit, registries } = makeRing();
    const session = newSessionId();
    const about = { job: JOB, nonce: '2'.repeat(32), session, pool: POOL, epoch: EPOCH, start: 0, end: LAYERS };
    const meter = new JobMeter({ ...about, role: 'driver', peer: identities[STAGES]!.peer });
    const answers: (() => void)[] = [];
    exit.listen({
      onFrame: (bytes) => {
        meter.countOut(decodeFrame(bytes));
        answers.shift()?.();
      },
      onClose: () => {},
    });
    const lap = (frame: Frame): Promise<void> => {
      meter.countIn(frame);
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
    const signed = (await meter.receipt(identities[STAGES]!))!;
    // The stages go on for a while: their latest receipt is not the one that is asked for.
    await lap(stepFrame(session, { lap: 5, position: 8 }, [3]));
    entry.send(encodeFrame(closeFrame(session)));
    const driver = await checkReceipt(signed);
    expect(driver).toMatchObject({ role: 'driver', frames: 4, from: 0, to: 9, computeMs: 0 });
    const query = { job: JOB, epoch: EPOCH, sessions: [{ session, frames: driver.frames }] };
    const stages = await Promise.all(
      registries.map(async (registry, stage) => {
        const [receipt] = await registry.receiptsFor(identities[stage]!, query);
        return checkReceipt(receipt!);
      }),
    );
    expect(stages.map(({ start, end, frames, from, to }) => [start, end, frames, from, to])).toEqual([
      [0, 1, 4, 0, 9],
      [1, 4, 4, 0, 9],
      [4, 6, 4, 0, 9],
    ]);
    expect(stages[0]!.chainIn).toBe(driver.chainIn);
    expect(stages[1]!.chainIn).toBe(stages[0]!.chainOut);
    expect(stages[2]!.chainIn).toBe(stages[1]!.chainOut);
    expect(stages[2]!.chainOut).toBe(driver.chainOut);
    expect(new Set(stages.flatMap(({ chainIn, chainOut }) => [chainIn, chainOut])).size).toBe(4);
  },
);
