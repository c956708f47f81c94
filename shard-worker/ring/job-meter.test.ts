import { expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId, SessionId } from '../../protocol/ids.ts';
import { chainNext, chainStart, checkReceipt } from '../../protocol/receipt.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { JobMeter, type MeterAbout, type MeteredFrame } from './job-meter.ts';
import { MeterRegistry } from './meter-registry.ts';

const identity = await identityOf(await newIdentityKeys());
const about: MeterAbout = {
  server: identity.peer,
  ...{ job: '1'.repeat(32) as JobId, nonce: '2'.repeat(32), session: '3'.repeat(16) as SessionId },
  ...{ pool: 'a/b@main:q4', epoch: 7, peer: identity.peer, start: 0, end: 2 },
};
const random = new SeededRandom(5);
const frame = (position: number, tokens = 1): MeteredFrame => ({ position, tokens, payload: random.bytes(16) });

/** One after another and awaited at once, which the meter does not do. */
async function chainOf(frames: MeteredFrame[]): Promise<string> {
  let chain = await chainStart(about);
  for (const { position, tokens, payload } of frames)
    chain = await chainNext(chain, { position, rows: tokens, payload });
  return chain;
}

test('a receipt has the chains of all frames in order, large and small, and is signed', async () => {
  const meter = new JobMeter(about);
  const ins = [{ ...frame(4, 3), payload: random.bytes(200_000) }, frame(7), frame(8)];
  const outs = [{ ...frame(4, 3), payload: random.bytes(90_000) }, frame(7), frame(8)];
  for (const [index, each] of ins.entries()) meter.count(each, outs[index]!, 1.5);
  const receipt = await checkReceipt((await meter.receipt(identity))!);
  expect(receipt).toEqual({
    ...{ ...about, frames: 3, from: 4, to: 9, lastFrom: 8, computeMs: 4.5 },
    ...{ chainIn: await chainOf(ins), chainOut: await chainOf(outs) },
  });
});

test('positions that are taken back and computed again are counted once, and the furthest frame stays it', async () => {
  const meter = new JobMeter(about);
  for (const each of [frame(10, 5), frame(14), frame(12, 2)]) meter.count(each, each);
  expect((await meter.receipt(identity))!.receipt).toMatchObject({ frames: 3, from: 10, to: 15, lastFrom: 14 });
  expect(meter.rows).toBe(8);
});

test('nothing counted is no receipt; frames that follow while one is signed do not disturb it', async () => {
  const meter = new JobMeter(about);
  expect(await meter.receipt(identity)).toBeUndefined();
  const first = frame(0);
  meter.count(first, first, 2);
  const signing = meter.receipt(identity);
  for (let position = 1; position < 40; position++) meter.count(frame(position), frame(position), 2);
  const chain = await chainOf([first]);
  const asOfThen = { frames: 1, to: 1, lastFrom: 0, computeMs: 2, chainIn: chain, chainOut: chain };
  expect((await signing)!.receipt).toMatchObject(asOfThen);
});

function makeRegistry() {
  const clock = { ms: 0 };
  const registry = new MeterRegistry(() => clock.ms);
  const fill = (fields: Partial<MeterAbout>, frames = 1): JobMeter => {
    const meter = registry.open({ ...about, ...fields });
    for (let position = 0; position < frames; position++) meter.count(frame(position), frame(position));
    return meter;
  };
  return { clock, registry, fill };
}
const session = (digit: string) => digit.repeat(16) as SessionId;
const { job, epoch } = about;

test('a registry gives the receipts of one job and epoch, as of now', async () => {
  const { registry, fill } = makeRegistry();
  fill({ session: session('a') }, 5);
  fill({ session: session('b') }, 3);
  fill({ session: session('c'), epoch: 8 });
  fill({ session: session('d'), job: '9'.repeat(32) as JobId });
  const receipts = await registry.receiptsFor(identity, { job, epoch });
  expect(receipts.map(({ receipt }) => [receipt.session[0], receipt.frames])).toEqual([
    ['a', 5],
    ['b', 3],
  ]);
  expect(await registry.receiptsFor(identity, { job, epoch: 99 })).toEqual([]);
});

test('a meter is forgotten ten minutes after its last frame, and the oldest one when there are too many', async () => {
  const { clock, registry, fill } = makeRegistry();
  const used = fill({ session: session('a') });
  fill({ session: session('b') });
  clock.ms = 9 * 60_000;
  registry.touch(used);
  clock.ms = 11 * 60_000;
  fill({ session: session('c') });
  const held = async () => (await registry.receiptsFor(identity, { job, epoch })).map((one) => one.receipt.session[0]);
  expect(await held()).toEqual(['a', 'c']);
  for (let index = 0; index < 511; index++) registry.open({ ...about, epoch: 100 + index });
  expect(await held()).toEqual(['c']);
});
