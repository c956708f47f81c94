// Who may speak to whom: what the orchestrator says of one peer in one epoch. Both ends of a link show theirs; the rule of
// who may ask whom is here and nowhere else. Pure.
import * as z from 'zod/mini';
import { PoolError } from './errors.ts';
import { MAX_POOL_ID_CHARS, type PeerId, peerIdSchema } from './ids.ts';
import { MAX_STAGES } from './limits.ts';
import { openToken, type SignText, sealToken } from './signed-token.ts';

const count = z.number().check(z.int(), z.gte(0));

export const ticketSchema = z.object({
  pool: z.string().check(z.minLength(1), z.maxLength(MAX_POOL_ID_CHARS)),
  epoch: count,
  /** Whom it is about: nobody else can use it, because a link proves the key. */
  peer: peerIdSchema,
  /** A stage holds layers `[start, end)` of `layers`; a driver may ask the entry and the exit and has 0, 0. */
  role: z.enum(['stage', 'driver']),
  start: count,
  end: count,
  layers: z.number().check(z.int(), z.gte(1), z.lte(MAX_STAGES * 1024)),
  /** Seconds since 1970. */
  expires: count,
});
export type Ticket = z.infer<typeof ticketSchema>;

export const sealTicket = (ticket: Ticket, sign: SignText): string => sealToken('ticket', ticket, sign);

/** A ticket that `peer` shows for `epoch`. Throws `ticket-refused`: forged, expired, somebody else's, another epoch's. */
export async function openTicket(
  token: string,
  expected: { publicKey: string; peer: PeerId; epoch: number; nowSeconds?: number | undefined },
): Promise<Ticket> {
  const ticket = await openToken('ticket', token, { ...expected, schema: ticketSchema });
  if (ticket.peer !== expected.peer) throw new PoolError('ticket-refused', 'The ticket is another peer’s.');
  if (ticket.epoch !== expected.epoch) throw new PoolError('ticket-refused', 'The ticket is of another epoch.');
  return ticket;
}

/**
 * A stage asks only the holder of the layer after its last, and the entry also the exit, because jobs of the server are
 * driven from there; a driver asks only the entry and the exit; nobody asks a driver. Throws `ticket-refused`.
 */
export function checkMayAsk(asker: Ticket, answerer: Ticket): void {
  const refuse = (why: string): never => {
    throw new PoolError('ticket-refused', why);
  };
  if (asker.pool !== answerer.pool || asker.epoch !== answerer.epoch) refuse('The tickets are of two coalitions.');
  if (asker.layers !== answerer.layers) refuse('The tickets are of two models.');
  if (answerer.role !== 'stage') refuse('Nobody opens a link to a driver.');
  const isExit = answerer.end === answerer.layers;
  if (asker.role === 'driver') {
    if (answerer.start !== 0 && !isExit) refuse('A driver speaks to the entry and the exit only.');
  } else if (!mayFeed(asker, answerer) && !(asker.start === 0 && asker.end > 0 && isExit)) {
    refuse(`Layers end at ${asker.end} here and begin at ${answerer.start} there.`);
  }
}

/** Whether frames of sessions may come from `asker`: from the stage before, and at the entry from a driver. */
export function mayFeed(asker: Ticket, answerer: Ticket): boolean {
  if (asker.role === 'driver') return answerer.start === 0;
  return asker.end > 0 && asker.end === answerer.start;
}
