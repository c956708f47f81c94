// The answer to a frame that is not taken.
import type { PoolError } from '../../protocol/errors.ts';
import { encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { Link } from '../links/link.ts';
import { packJson } from '../ring/open-session.ts';
import { emptyFrame } from '../words/empty-frame.ts';

/** Whoever sends one waits for what comes of it. A frame that only ends or reports is never answered. */
const AWAITED: ReadonlySet<Frame['kind']> = new Set(['open', 'step', 'hidden', 'result']);

/** `turn`: of the loop that it was said to. */
export function refuseFrame(link: Link, { kind, epoch, session, lap }: Frame, error: PoolError, turn?: number): void {
  if (!AWAITED.has(kind)) return;
  const payload = packJson({ ...error.toShape(), ...(turn === undefined ? {} : { turn }) });
  try {
    link.send(encodeFrame({ ...emptyFrame(epoch, session), kind: 'error', dtype: 'json', lap, payload }));
  } catch {
    // The link is closed: its other side knows.
  }
}
