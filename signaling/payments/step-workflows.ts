// Each transition of a paid session and of a market pool as a workflow, and a workflow with its input as the call that the sender makes:
// what is exported is what runs here. Pure.
import { type Abi, type AbiFunction, type AbiParameter, type Address, zeroAddress } from 'viem';
import { ESCROW_ABI, MARKET_POOL_ABI } from '../../protocol/abi.ts';
import { parseWorkflow, type Workflow, type WriteNode } from './workflow-shape.ts';

type Trigger = Record<'triggerType', 'Manual' | 'Schedule' | 'Webhook'> & Record<string, string>;

interface Transition {
  on: 'escrow' | 'pool';
  about: string;
  trigger: Trigger;
}

const WEBHOOK: Trigger = { triggerType: 'Webhook' };

/** By the contract's own function. */
const TRANSITIONS = {
  fund: { on: 'escrow', about: 'Moves what a payer has signed (x402) to the vault of the session.', trigger: WEBHOOK },
  open: { on: 'escrow', about: 'Opens a paid session: its stream begins.', trigger: WEBHOOK },
  setRate: { on: 'escrow', about: 'Re-rates a stream; 0 is a pause.', trigger: WEBHOOK },
  topUp: { on: 'escrow', about: 'Takes in what was paid to the vault of an open session.', trigger: WEBHOOK },
  tick: { on: 'escrow', about: 'Pays up to what receipts are worth by now.', trigger: WEBHOOK },
  tickSplit: { on: 'escrow', about: 'Pays up to what receipts are worth by now, to these.', trigger: WEBHOOK },
  close: { on: 'escrow', about: 'Ends a paid session: receipts are paid, the rest goes back.', trigger: WEBHOOK },
  closeSplit: {
    on: 'escrow',
    about: 'Ends a paid session: receipts are paid to these, the rest goes back.',
    trigger: WEBHOOK,
  },
  settle: { on: 'escrow', about: 'Pays one that was never opened, and ends it.', trigger: WEBHOOK },
  settleSplit: { on: 'escrow', about: 'Pays one that was never opened to these, and ends it.', trigger: WEBHOOK },
  reclaim: { on: 'escrow', about: 'Sends back what was never used.', trigger: WEBHOOK },
  setSeats: { on: 'pool', about: 'Moves units of a market pool to those who serve now.', trigger: WEBHOOK },
  sweepDust: {
    on: 'pool',
    about: 'Fetches roundings from the pool’s admin.',
    trigger: { triggerType: 'Schedule', scheduleCron: '0 3 * * *', scheduleTimezone: 'UTC' },
  },
} as const satisfies Record<string, Transition>;
export type TransitionName = keyof typeof TRANSITIONS;
export const TRANSITION_NAMES = Object.keys(TRANSITIONS) as TransitionName[];

export interface WorkflowPlace {
  chainId: number;
  contract: Address;
}

/** Whose function it is: the escrow's, or the market pool's. */
export const contractOf = (name: TransitionName): Transition['on'] => TRANSITIONS[name].on;

const abiOf = (name: TransitionName): AbiFunction => {
  const abi: Abi = TRANSITIONS[name].on === 'escrow' ? ESCROW_ABI : MARKET_POOL_ABI;
  return abi.find((item): item is AbiFunction => item.type === 'function' && item.name === name)!;
};

/** One that waits for its input. `known`: what of it is known already stands in it. */
export function workflowOf(
  name: TransitionName,
  { chainId, contract }: WorkflowPlace,
  { known = {}, title = name, trigger = TRANSITIONS[name].trigger }: WorkflowOptions = {},
): Workflow {
  const item = abiOf(name);
  const args = item.inputs.map((input) => {
    const { name: field = '' } = input;
    return field in known ? JSON.stringify(known[field], plain) : templateOf(input, field);
  });
  return {
    ...{ name: `ComputePool: ${title}`, description: TRANSITIONS[name].about, enabled: false },
    nodes: [
      { id: 'trigger', type: 'trigger', data: { label: 'Input', config: trigger } },
      {
        ...{ id: 'call', type: 'action' },
        data: {
          label: name,
          config: {
            ...{ actionType: 'web3/write-contract', network: String(chainId), contractAddress: contract },
            ...{ abi: JSON.stringify([item]), abiFunction: name, functionArgs: `[${args.join(',')}]` },
            // Exact estimates run out now and then: a call inside gets 63 / 64 of what is left.
            gasLimitMultiplier: '1.3',
          },
        },
      },
    ],
    edges: [{ id: 'trigger-call', source: 'trigger', target: 'call' }],
  };
}

export interface WorkflowOptions {
  known?: Readonly<Record<string, unknown>>;
  title?: string;
  trigger?: Trigger;
}

export interface WorkflowCall {
  to: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
}

/**
 * What it comes to. Throws where it is another chain's or another contract's, calls what is no transition, or lacks an input: an
 * imported one does nothing that this server would not do itself.
 */
export function callOf(
  value: unknown,
  { chainId, contract }: WorkflowPlace,
  input: Readonly<Record<string, unknown>>,
): WorkflowCall {
  const { nodes } = parseWorkflow(value);
  const calls = nodes.filter((node): node is WriteNode => node.type === 'action');
  const [call] = calls;
  if (!call || calls.length > 1) throw new Error('A transition is one call.');
  const { network, contractAddress, abiFunction, functionArgs } = call.data.config;
  if (network !== String(chainId)) throw new Error(`It is of chain ${network}, and not of ${chainId}.`);
  if (contractAddress.toLowerCase() !== contract.toLowerCase())
    throw new Error(`It calls another contract: ${contractAddress}.`);
  const name = TRANSITION_NAMES.find((each) => each === abiFunction);
  if (!name) throw new Error(`${abiFunction} is no transition.`);
  const item = abiOf(name);
  const filled = functionArgs.replaceAll(TEMPLATE, (_, path: string) => {
    const found = valueAt(input, path);
    return JSON.stringify(Array.isArray(found) ? found : String(found), plain);
  });
  const args: unknown = JSON.parse(filled);
  if (!Array.isArray(args) || args.length !== item.inputs.length)
    throw new Error(`${name} takes ${item.inputs.length} values.`);
  const abi: Abi = TRANSITIONS[name].on === 'escrow' ? ESCROW_ABI : MARKET_POOL_ABI;
  return { to: contract, abi, functionName: name, args: item.inputs.map((each, at) => typed(each, args[at])) };
}

/** What the trigger brings: a text, or all of a list. */
const TEMPLATE = /"?\{\{@trigger:Input\.([\w.]+)\}\}"?/g;

/** A struct stands with each of its fields, as KeeperHub takes it; of a list nobody knows how long it is. */
function templateOf(parameter: AbiParameter, path: string): string {
  const place = `{{@trigger:Input.${path}}}`;
  if (parameter.type.endsWith('[]')) return place;
  if (parameter.type !== 'tuple') return `"${place}"`;
  const { components } = parameter as AbiParameter & { components: readonly AbiParameter[] };
  const fields = components.map((each) => `${JSON.stringify(each.name)}:${templateOf(each, `${path}.${each.name}`)}`);
  return `{${fields.join(',')}}`;
}

function valueAt(input: Readonly<Record<string, unknown>>, path: string): unknown {
  let found: unknown = input;
  for (const field of path.split('.')) {
    const fields = (typeof found === 'object' && found !== null ? found : {}) as Record<string, unknown>;
    if (!Object.hasOwn(fields, field)) throw new Error(`It lacks its input ${path}.`);
    found = fields[field];
  }
  return found;
}

/** What a workflow still waits for, by the names of its function's inputs. */
export const inputsIn = ({ data }: WriteNode): string[] => [
  ...new Set([...data.config.functionArgs.matchAll(TEMPLATE)].map(([, path]) => path!.split('.')[0]!)),
];

/** Values of the right form for all that one may wait for: whether the rest of it fits shows before they are there. */
export const sampleInputOf = (name: TransitionName): Record<string, unknown> =>
  Object.fromEntries(abiOf(name).inputs.map((input) => [input.name, sampleOf(input)]));

function sampleOf(parameter: AbiParameter): unknown {
  const { type } = parameter;
  if (type.endsWith('[]')) return [];
  if (type === 'tuple') {
    const { components } = parameter as AbiParameter & { components: readonly AbiParameter[] };
    return Object.fromEntries(components.map((each) => [each.name, sampleOf(each)]));
  }
  if (type === 'address') return zeroAddress;
  if (type.startsWith('bytes')) return `0x${'00'.repeat(Number(type.slice('bytes'.length)))}`;
  return '0';
}

/** Names of a function's inputs, to its values. */
export const inputOf = (name: TransitionName, args: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(abiOf(name).inputs.map(({ name: field }, at) => [field, args[at]]));

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** JSON has no whole numbers of such sizes: they are text there. */
function typed(parameter: AbiParameter, value: unknown): unknown {
  const { type } = parameter;
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) throw new Error(`${parameter.name} is a list.`);
    return value.map((each) => typed({ ...parameter, type: type.slice(0, -2) }, each));
  }
  if (type === 'tuple') {
    const { components } = parameter as AbiParameter & { components: readonly AbiParameter[] };
    if (typeof value !== 'object' || value === null) throw new Error(`${parameter.name} has fields.`);
    const fields = value as Record<string, unknown>;
    return Object.fromEntries(components.map((each) => [each.name, typed(each, fields[each.name ?? ''])]));
  }
  if (/^u?int\d*$/.test(type)) return BigInt(value as string | number);
  return value;
}
