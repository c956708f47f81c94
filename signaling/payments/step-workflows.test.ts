import { encodeFunctionData, getAddress } from 'viem';
import { expect, test } from 'vitest';
import { ESCROW_ABI, MARKET_POOL_ABI } from '../../protocol/abi.ts';
import { callOf, inputOf, TRANSITION_NAMES, type TransitionName, workflowOf } from './step-workflows.ts';
import { testSession } from './test-session.ts';
import { parseWorkflow } from './workflow-shape.ts';

const PLACE = { chainId: 31337, contract: getAddress(`0x${'11'.repeat(20)}`) };
const { quote, payer } = testSession();
const member = getAddress(`0x${'44'.repeat(20)}`);
const authorization = {
  ...{ value: 5_000_000n, validAfter: 0n, validBefore: 1_800_000_300n, nonce: `0x${'05'.repeat(32)}` },
  signature: `0x${'12'.repeat(65)}`,
};
const signature = authorization.signature;
const shares = [{ member, units: 7_000n }];
const worth = 10n ** 30n;

/** Each with values of the sizes that they have. */
const CALLS: Record<TransitionName, readonly unknown[]> = {
  ...{ fund: [quote, payer, authorization], open: [quote, payer, signature], setRate: [quote, 123_456_789_012_345n] },
  ...{ topUp: [quote], tick: [quote, worth], tickSplit: [quote, worth, shares], reclaim: [quote, payer] },
  ...{ close: [quote, worth], closeSplit: [quote, worth, shares], settle: [quote, payer, signature, worth] },
  settleSplit: [quote, payer, signature, worth, shares],
  ...{
    setSeats: [
      [member, payer],
      [6_000n, 1_000n],
    ],
    sweepDust: [member],
  },
};

test.each(TRANSITION_NAMES)('%s is a workflow, exported and imported again it is the same bytes', (name) => {
  const exported = JSON.parse(JSON.stringify(workflowOf(name, PLACE)));
  expect(parseWorkflow(exported)).toEqual(exported);
  const { abi: _, ...call } = callOf(exported, PLACE, inputOf(name, CALLS[name]));
  const abi = name === 'setSeats' || name === 'sweepDust' ? MARKET_POOL_ABI : ESCROW_ABI;
  const direct = encodeFunctionData({ abi, functionName: name, args: CALLS[name] } as never);
  expect(encodeFunctionData({ abi, functionName: call.functionName, args: call.args } as never)).toBe(direct);
  expect(call.to).toBe(PLACE.contract);
});

test('what is known stands in it: nothing else is asked for', () => {
  const known = workflowOf('reclaim', PLACE, { known: { quote, payer } });
  const { args } = callOf(known, PLACE, {});
  expect(args).toMatchObject([{ id: quote.id, rate: quote.rate, openBefore: BigInt(quote.openBefore) }, payer]);
});

test('one of another chain, another contract or for something else is not run', () => {
  const workflow = workflowOf('close', PLACE);
  const input = inputOf('close', CALLS.close);
  expect(() => callOf(workflow, { ...PLACE, chainId: 1 }, input)).toThrow(/of chain 31337/);
  expect(() => callOf(workflow, { ...PLACE, contract: member }, input)).toThrow(/another contract/);
  expect(() => callOf(workflow, PLACE, { quote })).toThrow(/lacks its input worth/);
  const other = structuredClone(workflow);
  Object.assign(other.nodes[1]!.data.config, { abiFunction: 'setOrchestrator' });
  expect(() => callOf(other, PLACE, input)).toThrow(/no transition/);
  const twice = { ...workflow, nodes: [...workflow.nodes, { ...workflow.nodes[1]!, id: 'again' }] };
  expect(() => callOf(twice, PLACE, input)).toThrow(/one call/);
});

test('the ABI that a file brings is not believed: ours says what a function takes', () => {
  const workflow = structuredClone(workflowOf('sweepDust', PLACE));
  const abi = '[{"type":"function","name":"sweepDust","inputs":[],"outputs":[],"stateMutability":"nonpayable"}]';
  Object.assign(workflow.nodes[1]!.data.config, { abi, functionArgs: '[]' });
  expect(() => callOf(workflow, PLACE, {})).toThrow(/takes 1 values/);
});

test('what is no workflow is refused', () => {
  const workflow = workflowOf('close', PLACE);
  expect(() => parseWorkflow({ ...workflow, nodes: [] })).toThrow();
  expect(() => parseWorkflow({ ...workflow, edges: [{ id: 'e', source: 'trigger', target: 'nowhere' }] })).toThrow(
    /not there/,
  );
  expect(() => parseWorkflow({ ...workflow, nodes: [workflow.nodes[0], workflow.nodes[0]] })).toThrow(/same id/);
});
