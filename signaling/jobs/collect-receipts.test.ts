// Receipts asked of stages that answer, lie, keep silent, or leave. Keys and signatures are real; nobody has a socket.
import { beforeEach, expect, it } from 'vitest';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, newSessionId, type PeerId } from '../../protocol/ids.ts';
import { MAX_CHOICES } from '../../protocol/limits.ts';
import { type Receipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { ReceiptCollector } from './collect-receipts.ts';

const JOB = 'ab'.repeat(16) as JobId;
const OTHER_JOB = 'cd'.repeat(16) as JobId;
const SESSION = newSessionId();
/** Longer than any test: what ends must end for another reason. */
const NEVER_MS = 600_000;

const SERVER = 'e'.repeat(32) as PeerId;
let stages: Identity[];
/** Who was asked, in order. */
let asked: { peer: PeerId; epoch: number }[];
let answer: (stage: Identity, epoch: number) => Promise<SignedReceipt[]> | undefined;
let gone: Set<PeerId>;
const made = Promise.all(Array.from({ length: 3 }, async () => identityOf(await newIdentityKeys())));

beforeEach(async () => {
  stages = await made;
  asked = [];
  gone = new Set();
  answer = async (stage, epoch) => [await sign(stage, { epoch })];
});

const receiptOf = (stage: Identity, fields: Partial<Receipt> = {}): Receipt => ({
  ...{ server: SERVER, job: JOB, nonce: '0'.repeat(32), session: SESSION, pool: 'a/b@main:q4', epoch: 1 },
  ...{ peer: stage.peer, start: 0, end: 2, frames: 4, from: 0, to: 8, lastFrom: 7, computeMs: 1 },
  ...{ chainIn: '1'.repeat(64), chainOut: '2'.repeat(64) },
  ...fields,
});
const sign = (stage: Identity, fields: Partial<Receipt> = {}) => signReceipt(stage, receiptOf(stage, fields));

function collectorOf(timeoutMs: number): ReceiptCollector {
  const collector: ReceiptCollector = new ReceiptCollector({
    server: SERVER,
    timeoutMs,
    send(peer, message) {
      if (gone.has(peer) || message.type !== 'receipt-request') return false;
      asked.push({ peer, epoch: message.epoch });
      const stage = stages.find((one) => one.peer === peer)!;
      void answer(stage, message.epoch)?.then((receipts) => collector.take(peer, message.job, message.epoch, receipts));
      return true;
    },
  });
  return collector;
}

const epochOf = (epoch: number, ...members: Identity[]) => ({
  epoch,
  seats: members.map(({ peer }, index) => ({ peer, start: index * 2, end: index * 2 + 2 })),
});
const signersOf = (signed: readonly SignedReceipt[]): PeerId[] => signed.map(({ receipt }) => receipt.peer);

it('asks each stage of each epoch, all at once', async () => {
  const [a, b] = stages as [Identity, Identity];
  const collecting = collectorOf(NEVER_MS).collect(JOB, [epochOf(1, a, b), epochOf(2, b)]);
  expect(asked).toEqual([
    { peer: a.peer, epoch: 1 },
    { peer: b.peer, epoch: 1 },
    { peer: b.peer, epoch: 2 },
  ]);
  expect((await collecting).map(({ receipt: { peer, epoch } }) => [peer, epoch])).toEqual([
    [a.peer, 1],
    [b.peer, 1],
    [b.peer, 2],
  ]);
});

it('finds nothing where no stage knows the job', async () => {
  answer = async () => [];
  expect(await collectorOf(NEVER_MS).collect(JOB, [epochOf(1, ...stages)])).toEqual([]);
  expect(asked).toHaveLength(3);
});

it.each<[string, (liar: Identity, other: Identity) => Promise<SignedReceipt>]>([
  ['of another job', (liar) => sign(liar, { job: OTHER_JOB })],
  ['of another epoch', (liar) => sign(liar, { epoch: 2 })],
  ['of another stage, which did sign it', (_liar, other) => sign(other)],
  ['in the name of another stage', (liar, other) => signReceipt(liar, receiptOf(other))],
  ['changed after it was signed', async (liar) => ({ ...(await sign(liar)), receipt: receiptOf(liar, { to: 9 }) })],
  ['with a signature that is none', async (liar) => ({ ...(await sign(liar)), signature: '%' })],
  ['with a key that is none', async (liar) => ({ ...(await sign(liar)), publicKey: '' })],
])('drops a receipt %s, and keeps the honest one beside it', async (_name, lie) => {
  const [liar, honest] = stages as [Identity, Identity];
  answer = async (stage) =>
    stage === liar ? [await lie(liar, honest), await sign(liar, { session: SESSION })] : [await sign(honest)];
  const found = await collectorOf(NEVER_MS).collect(JOB, [epochOf(1, liar, honest)]);
  expect(signersOf(found)).toEqual([liar.peer, honest.peer]);
  expect(found[0]!.receipt).toEqual(receiptOf(liar));
});

it('looks at no more receipts of one stage than a job has sessions', async () => {
  const [flooding] = stages as [Identity];
  const one = await sign(flooding);
  answer = async () => Array.from({ length: 1000 }, () => one);
  const found = await collectorOf(NEVER_MS).collect(JOB, [epochOf(1, flooding)]);
  expect(found).toHaveLength(2 * MAX_CHOICES);
});

it('goes on without a stage that is not connected, and without one that leaves while it is asked', async () => {
  const [away, leaving, honest] = stages as [Identity, Identity, Identity];
  gone.add(away.peer);
  const collector = collectorOf(NEVER_MS);
  answer = (stage) => (stage === leaving ? undefined : sign(stage).then((signed) => [signed]));
  const collecting = collector.collect(JOB, [epochOf(1, away, leaving, honest)]);
  await expect.poll(() => asked.length).toBe(2);
  collector.peerGone(leaving.peer);
  expect(signersOf(await collecting)).toEqual([honest.peer]);
});

it('goes on without a stage that says nothing', async () => {
  const [silent, honest] = stages as [Identity, Identity];
  answer = (stage) => (stage === silent ? undefined : sign(stage).then((signed) => [signed]));
  const collector = collectorOf(20);
  expect(signersOf(await collector.collect(JOB, [epochOf(1, silent, honest)]))).toEqual([honest.peer]);
  expect(collector.take(silent.peer, JOB, 1, []), 'too late').toBe(false);
});

it('takes an answer from whom it asked and waits for, and from nobody else', async () => {
  const [stage, stranger] = stages as [Identity, Identity];
  answer = () => undefined;
  const collector = collectorOf(NEVER_MS);
  expect(collector.take(stage.peer, JOB, 1, []), 'nobody was asked yet').toBe(false);
  const collecting = collector.collect(JOB, [epochOf(1, stage)]);
  const signed = [await sign(stage)];
  expect(collector.take(stranger.peer, JOB, 1, signed)).toBe(false);
  expect(collector.take(stage.peer, OTHER_JOB, 1, signed)).toBe(false);
  expect(collector.take(stage.peer, JOB, 2, signed)).toBe(false);
  expect(collector.take(stage.peer, JOB, 1, signed)).toBe(true);
  expect(await collecting).toEqual(signed);
  expect(collector.take(stage.peer, JOB, 1, []), 'it has answered').toBe(false);
});
