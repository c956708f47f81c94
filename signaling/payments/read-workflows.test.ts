import { getAddress } from 'viem';
import { expect, test } from 'vitest';
import { keyOfQuote } from '../../protocol/quote.ts';
import { readWorkflows } from './read-workflows.ts';
import { workflowsOf } from './session-workflows.ts';
import { testSession } from './test-session.ts';

const PLACES = { chainId: 8453, escrow: getAddress(`0x${'11'.repeat(20)}`) };
const plain = testSession();
const session = { ...plain, key: keyOfQuote(PLACES, plain.quote) };
const exported = (): unknown[] => JSON.parse(JSON.stringify(workflowsOf(session, PLACES)));
type Config = Record<string, string>;
/** The file with one thing changed in its `at`-th call. */
function changed(at: number, fields: Config): unknown[] {
  const file = exported();
  const { nodes } = file[at] as { nodes: { data: { config: Config } }[] };
  Object.assign(nodes[1]!.data.config, fields);
  return file;
}
const refusal = (file: readonly unknown[]) => {
  try {
    readWorkflows(file, session, PLACES);
  } catch (thrown) {
    return thrown;
  }
  throw new Error('It was taken.');
};

test('all that was exported is read again: what it calls, when, and what it waits for', () => {
  const read = readWorkflows(exported(), session, PLACES);
  expect(read.map(({ transition, inputs }) => [transition, inputs])).toEqual([
    ['fund', ['from', 'authorization']],
    ['open', ['signature']],
    ['setRate', ['rate']],
    ['topUp', []],
    ['tick', ['worth']],
    ['setSeats', ['members', 'units']],
    ['close', ['worth']],
    ['close', []],
    ['settle', ['signature', 'worth']],
    ['reclaim', []],
    ['sweepDust', ['to']],
  ]);
  expect(read[7]).toMatchObject({ name: 'ComputePool: deadline', contract: PLACES.escrow });
  expect(read[9]?.trigger).toEqual({ type: 'Schedule', cron: '11 8 15 1 *', timezone: 'UTC' });
  expect(read[5]?.contract).toBe(session.quote.pool);
});

test.each([
  ['another chain', { network: '1' }, /of chain 1/],
  ['another contract', { contractAddress: `0x${'99'.repeat(20)}` }, /another contract/],
  ['a function that is no step', { abiFunction: 'setOrchestrator' }, /no transition/],
  ['no call of a contract', { actionType: 'web3/transfer' }, /nodes\.1\.data\.config\.actionType/],
  ['arguments that are no JSON', { functionArgs: 'quote' }, /JSON/],
  ['too few arguments', { functionArgs: '[]' }, /takes 2 values/],
])('%s is refused, with the number of the workflow and why', (_what, fields, why) => {
  expect(refusal(changed(6, fields as Config))).toMatchObject({
    ...{ code: 'bad-request', data: { param: 'workflows.6' }, message: expect.stringMatching(why) },
  });
});

test('one of another session is refused, and so is an account that is none', () => {
  const { nodes } = workflowsOf({ ...session, quote: { ...session.quote, id: `0x${'02'.repeat(32)}` } }, PLACES)[9]!;
  const { functionArgs } = nodes[1]!.data.config as Config;
  expect(refusal(changed(9, { functionArgs: functionArgs! }))).toMatchObject({
    message: expect.stringContaining('another session'),
  });
  const own = (exported()[9] as { nodes: { data: { config: Config } }[] }).nodes[1]!.data.config.functionArgs!;
  const strange = own.replace(session.payer, '0x12');
  expect(strange).not.toBe(own);
  expect(refusal(changed(9, { functionArgs: strange }))).toMatchObject({ code: 'bad-request' });
});

test('what is no workflow at all says what it lacks', () => {
  expect(refusal([{}])).toMatchObject({ code: 'bad-request', message: expect.stringContaining('name') });
});
