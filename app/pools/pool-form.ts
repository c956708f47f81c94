// The form that makes a pool: what is typed, read field by field. Pure.
import { type PeerId, peerIdSchema, slugSchema } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { poolsText } from '../text/english/pools.ts';

/** The number of stages in a field; '' leaves it to the planner. */
export function readStages(text: string): { value?: number; problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const value = Number(trimmed);
  if (!Number.isInteger(value) || value < 1 || value > MAX_STAGES) {
    return { problem: poolsText.form.stagesProblem(MAX_STAGES) };
  }
  return { value };
}

/** The name that tells a pool from others of its model; '' is the first pool's. */
export function readSlug(text: string): { value?: string; problem?: string } {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const result = slugSchema.safeParse(trimmed);
  return result.success ? { value: result.data } : { problem: poolsText.form.slugProblem };
}

/** The id of a peer as a person pastes it. */
export function readPeer(text: string): { value?: PeerId; problem?: string } {
  const result = peerIdSchema.safeParse(text.trim().toLowerCase());
  return result.success ? { value: result.data } : { problem: poolsText.listed.idProblem };
}
