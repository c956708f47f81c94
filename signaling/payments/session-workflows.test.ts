import { getAddress } from 'viem';
import { expect, test } from 'vitest';
import { workflowsOf } from './session-workflows.ts';
import { callOf } from './step-workflows.ts';
import { NOW, testSession } from './test-session.ts';
import { parseWorkflow } from './workflow-shape.ts';

const ESCROW = getAddress(`0x${'11'.repeat(20)}`);
const session = testSession();
const workflows = workflowsOf(session, { chainId: 8453, escrow: ESCROW });
const titled = (title: string) => workflows.find(({ name }) => name === `ComputePool: ${title}`)!;

test('each transition of a session is one, and all of them fit the shape', () => {
  expect(workflows.map(({ name }) => name.replace('ComputePool: ', ''))).toEqual([
    ...['fund', 'open', 're-rate', 'top up', 'pay up', 'units', 'close', 'deadline', 'settle', 'reclaim', 'sweep'],
  ]);
  for (const workflow of workflows) expect(parseWorkflow(JSON.parse(JSON.stringify(workflow)))).toEqual(workflow);
});

test('what anybody may send needs no input, and comes when it is time', () => {
  const place = { chainId: 8453, contract: ESCROW };
  expect(callOf(titled('deadline'), place, {}).args).toMatchObject([{ id: session.quote.id }, 0n]);
  expect(callOf(titled('reclaim'), place, {}).args).toMatchObject([{ id: session.quote.id }, session.payer]);
  // 2027-01-15T08:00:00Z and ten minutes: in the minute after.
  expect(new Date((NOW + 600) * 1000).toISOString()).toBe('2027-01-15T08:10:00.000Z');
  expect(titled('reclaim').nodes[0]!.data.config).toMatchObject({
    scheduleCron: '11 8 15 1 *',
    scheduleTimezone: 'UTC',
  });
});

test('an open one has its own deadline', () => {
  const chain = { ...session.chain, state: 'open' as const, paidUntil: NOW + 3600 };
  const [, ...rest] = workflowsOf({ ...session, chain }, { chainId: 8453, escrow: ESCROW });
  const deadline = rest.find(({ name }) => name.endsWith('deadline'))!;
  expect(deadline.nodes[0]!.data.config).toMatchObject({ scheduleCron: '1 9 15 1 *' });
});

test('units are moved at the market pool’s own contract', () => {
  expect(titled('units').nodes[1]!.data.config).toMatchObject({ contractAddress: session.quote.pool });
});
