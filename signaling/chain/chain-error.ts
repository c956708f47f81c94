// What can go wrong with a chain, told apart: a definite no of a contract, and not knowing.
import { BaseError, ContractFunctionRevertedError, ExecutionRevertedError } from 'viem';
import { PoolError } from '../../protocol/errors.ts';

/** A contract refused, or would: nothing of it happened, and the same again would be refused again. */
export class ChainRefusal extends Error {
  override readonly name = 'ChainRefusal';
  /** The contract's own error: `QuoteExpired`, … */
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(`The contract refused: ${reason}.`, { cause });
    this.reason = reason;
  }
}

export const unreachable = (cause: unknown): PoolError =>
  new PoolError('chain-unreachable', 'The chain that this pool is paid on does not answer.', {
    cause,
    data: { retryAfterSeconds: 10 },
  });

/** What a call to the node failed with, as one of the two. */
export function chainFault(thrown: unknown): ChainRefusal | PoolError {
  if (thrown instanceof ChainRefusal || thrown instanceof PoolError) return thrown;
  if (!(thrown instanceof BaseError)) return unreachable(thrown);
  const reverted = thrown.walk((each) => each instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    return new ChainRefusal(reverted.data?.errorName ?? reverted.reason ?? 'reverted', thrown);
  }
  // What a node says else, that it is busy, behind, or that our account has no gas money, is no word of a contract: nobody knows.
  const refused = thrown.walk((each) => each instanceof ExecutionRevertedError);
  if (refused) return new ChainRefusal((refused as BaseError).shortMessage, thrown);
  return unreachable(thrown);
}
