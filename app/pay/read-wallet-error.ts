// What a wallet said no with, told apart (EIP-1193, EIP-1474, and what MetaMask made of them). Pure.
import { PayFault } from './pay-fault.ts';

const REJECTED = 4001;
const UNAUTHORIZED = 4100;
const DISCONNECTED = [4900, 4901];
const UNKNOWN_CHAIN = 4902;
/** A request of the same kind waits in the wallet. */
const PENDING = -32002;
const MAX_WORDS = 200;

interface Said {
  code?: unknown;
  message?: unknown;
  data?: { originalError?: unknown; cause?: unknown } | undefined;
  cause?: unknown;
}

/** Codes of an error and of what it wraps: wallets put their own around others’. */
function codesOf(thrown: unknown): number[] {
  const codes: number[] = [];
  let next: unknown[] = [thrown];
  for (let depth = 0; depth < 4 && next.length > 0; depth++) {
    const all = next.filter((each): each is Said => typeof each === 'object' && each !== null);
    for (const { code } of all) if (typeof code === 'number') codes.push(code);
    next = all.flatMap(({ cause, data }) => [cause, data?.originalError, data?.cause]);
  }
  return codes;
}

export const isUnknownChain = (thrown: unknown): boolean =>
  codesOf(thrown).includes(UNKNOWN_CHAIN) || /unrecognized chain/i.test(wordsOf(thrown));

export function readWalletError(thrown: unknown): PayFault {
  if (thrown instanceof PayFault) return thrown;
  const codes = codesOf(thrown);
  const said = wordsOf(thrown);
  if (codes.includes(REJECTED) || /user (rejected|denied)/i.test(said)) return new PayFault('rejected', {}, thrown);
  if (codes.includes(PENDING)) return new PayFault('asked-already', {}, thrown);
  if (codes.includes(UNAUTHORIZED)) return new PayFault('locked', {}, thrown);
  if (DISCONNECTED.some((code) => codes.includes(code))) return new PayFault('chain-away', {}, thrown);
  return new PayFault('refused', { said }, thrown);
}

function wordsOf(thrown: unknown): string {
  const { message } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Said;
  return typeof message === 'string' ? message.slice(0, MAX_WORDS) : '';
}
