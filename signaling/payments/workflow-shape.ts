// Workflows in the shape that KeeperHub imports and exports, as far as ours use it: a trigger, and calls of contracts after it. What was
// known of the shape and what is assumed, docs/PAYMENTS.md says.
import * as z from 'zod';

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const text = z.string().max(20_000);

const triggerSchema = z.object({
  id: z.string().min(1).max(100),
  type: z.literal('trigger'),
  data: z.object({
    label: z.string().min(1).max(100),
    config: z.looseObject({ triggerType: z.enum(['Manual', 'Schedule', 'Webhook', 'Event', 'Block', 'Transfer']) }),
  }),
});

const writeSchema = z.object({
  id: z.string().min(1).max(100),
  type: z.literal('action'),
  data: z.object({
    label: z.string().min(1).max(100),
    config: z.looseObject({
      actionType: z.literal('web3/write-contract'),
      /** EIP-155's number, as text. */
      network: z.string().regex(/^\d{1,15}$/),
      contractAddress: address,
      /** JSON. */
      abi: text,
      abiFunction: z.string().regex(/^[A-Za-z_]\w{0,99}$/),
      /** JSON: a list in the function's order, structs with their fields' names. `{{@trigger:Input.name}}` is the trigger's. */
      functionArgs: text,
      gasLimitMultiplier: z.string().optional(),
    }),
  }),
});
export type WriteNode = z.infer<typeof writeSchema>;

export const workflowSchema = z.object({
  name: z.string().min(1).max(200),
  description: z.string().max(2000),
  enabled: z.boolean(),
  nodes: z
    .array(z.discriminatedUnion('type', [triggerSchema, writeSchema]))
    .min(2)
    .max(50),
  edges: z.array(z.object({ id: z.string(), source: z.string(), target: z.string() })).max(100),
});
export type Workflow = z.infer<typeof workflowSchema>;

/** Where it is of another shape: `issues` say where. */
export const isShapeFault = (cause: unknown): cause is z.ZodError => cause instanceof z.ZodError;

/** Throws what `isShapeFault` knows for what is none, and where an edge leads to a node that is not there. */
export function parseWorkflow(value: unknown): Workflow {
  const workflow = workflowSchema.parse(value);
  const ids = new Set(workflow.nodes.map(({ id }) => id));
  if (ids.size !== workflow.nodes.length) throw new Error('Two nodes have the same id.');
  for (const { source, target } of workflow.edges) {
    if (!ids.has(source) || !ids.has(target))
      throw new Error(`An edge goes from ${source} to ${target}: one is not there.`);
  }
  return workflow;
}
