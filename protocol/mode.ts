// The ways in which a request may be answered.
import * as z from 'zod/mini';

/**
 * `solo`: one device holds the whole model, no hop inside an answer. `lan`: a coalition whose peers are within a few
 * milliseconds. `speculative`: a coalition further apart; a drafter guesses and one lap verifies many tokens. `batch`:
 * nothing interactive can be had now; a job id now, the result later.
 */
export const modeSchema = z.enum(['solo', 'lan', 'speculative', 'batch']);
export type Mode = z.infer<typeof modeSchema>;
