// Where a stage's answer goes: to the next stage; at the exit to whoever drives the session, and where its loop runs at the entry to
// the entry as well.
import { PoolError } from '../../protocol/errors.ts';
import type { Link } from '../links/link.ts';
import type { RingNodeOptions } from './ring-node-options.ts';
import type { Session } from './session-table.ts';

/** `link` must take it; `witness` hears it where it is there. Throws `link-failed`. */
export function answerLinks(
  { open, upstream }: Session,
  { next, executor, linkTo, entryLink }: RingNodeOptions,
): { link: Link; witness?: Link | undefined } {
  if (next) return { link: next };
  const driver = linkTo(open.driver);
  const loop = executor.entry ? upstream : entryLink?.();
  const link = open.of === undefined ? driver : loop;
  if (!link) throw new PoolError('link-failed', 'The exit stage has no link to whom it answers in this conversation.');
  return { link, witness: open.of === undefined || driver === link ? undefined : driver };
}

/** For whom nobody waits here: what it misses it asks for again. */
export function trySend(link: Link, bytes: Uint8Array): void {
  try {
    link.send(bytes);
  } catch {
    // The link died: linkClosed() hears of it, and of a next stage that is gone the cache is gone too.
  }
}
