// The KV guard: a stage computes a step only where its cache reaches exactly. Pure.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';

/**
 * Length to crop the cache to before computing `frame`, given `held` positions.
 * Throws `kv-missing` for a gap, `position-mismatch` for a step that would silently write over what is held, and
 * `context-exceeded` past the end of the context.
 */
export function checkPosition(
  held: number,
  frame: Pick<Frame, 'position' | 'tokens' | 'flags'>,
  maxContext: number,
): number {
  if (frame.position > held) {
    throw new PoolError(
      'kv-missing',
      `The stage holds ${held} positions and was asked to continue at ${frame.position}.`,
      {
        data: { held, position: frame.position },
      },
    );
  }
  if (frame.position < held && (frame.flags & FRAME_FLAGS.rollback) === 0) {
    throw new PoolError(
      'position-mismatch',
      `The stage holds ${held} positions; a step at ${frame.position} came without rollback.`,
      {
        data: { held, position: frame.position },
      },
    );
  }
  if (frame.position + frame.tokens > maxContext) {
    throw new PoolError('context-exceeded', `The model’s context ends at ${maxContext} tokens.`, {
      data: { maxContext },
    });
  }
  return frame.position;
}
