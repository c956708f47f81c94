// A file of workflows, read again: whether each is in KeeperHub's shape, calls a transition of this very session at this chain's own
// contracts, and what it would do and wait for. Runs nothing.
import { encodeFunctionData } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import { keyOfQuote, type Quote } from '../../protocol/quote.ts';
import type { PaidSession } from './paid-session.ts';
import type { SessionPlaces } from './session-workflows.ts';
import {
  callOf,
  contractOf,
  inputsIn,
  sampleInputOf,
  TRANSITION_NAMES,
  type TransitionName,
} from './step-workflows.ts';
import { isShapeFault, parseWorkflow, type WriteNode } from './workflow-shape.ts';

export interface ReadWorkflow {
  name: string;
  transition: TransitionName;
  trigger: { type: string; cron?: string; timezone?: string };
  contract: string;
  /** What it waits for; nothing: anybody may send it as it is. */
  inputs: string[];
}

const MOST_CHARS = 200;

/** Throws `bad-request`, which says of which one and why. */
export function readWorkflows(
  file: readonly unknown[],
  session: Pick<PaidSession, 'key' | 'quote'>,
  places: SessionPlaces,
): ReadWorkflow[] {
  return file.map((value, at) => {
    try {
      return readOne(value, session, places);
    } catch (cause) {
      const sentence = `Workflow ${at + 1} of the file is none of this session: ${whyOf(cause)}`;
      throw new PoolError('bad-request', sentence, { cause, data: { param: `workflows.${at}` } });
    }
  });
}

function readOne(
  value: unknown,
  { key, quote }: Pick<PaidSession, 'key' | 'quote'>,
  places: SessionPlaces,
): ReadWorkflow {
  const { name, nodes } = parseWorkflow(value);
  const call = nodes.find((node): node is WriteNode => node.type === 'action');
  const trigger = nodes.find((node) => node.type === 'trigger');
  if (!call || !trigger) throw new Error('it has no trigger, or calls nothing.');
  const { abiFunction } = call.data.config;
  const transition = TRANSITION_NAMES.find((each) => each === abiFunction);
  if (!transition) throw new Error(`${abiFunction} is no transition.`);
  const isAtEscrow = contractOf(transition) === 'escrow';
  const contract = isAtEscrow ? places.escrow : quote.pool;
  const made = callOf(value, { chainId: places.chainId, contract }, sampleInputOf(transition));
  // An address or a number that is none shows here.
  encodeFunctionData(made as Parameters<typeof encodeFunctionData>[0]);
  const inputs = inputsIn(call);
  if (isAtEscrow && !inputs.includes('quote') && keyOfQuote(places, made.args[0] as Quote) !== key) {
    throw new Error('it is of another session.');
  }
  const { triggerType, scheduleCron: cron, scheduleTimezone: timezone } = trigger.data.config;
  const schedule = {
    ...(typeof cron === 'string' ? { cron: cron.slice(0, MOST_CHARS) } : {}),
    ...(typeof timezone === 'string' ? { timezone: timezone.slice(0, MOST_CHARS) } : {}),
  };
  return { name, transition, trigger: { type: triggerType, ...schedule }, contract, inputs };
}

function whyOf(cause: unknown): string {
  if (isShapeFault(cause)) {
    const [issue] = cause.issues;
    return `${issue?.path.join('.') || 'all of it'}: ${issue?.message}`.slice(0, MOST_CHARS);
  }
  const [line = 'it cannot be read.'] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return line.slice(0, MOST_CHARS);
}
