// What can keep a payment from coming to its end, as a person meets it. Each can be taken up again where it was; none costs money.

export const FAULTS = [
  /** No wallet announces itself to this page. */
  'no-wallet',
  'rejected',
  /** The wallet has a question of ours open already. */
  'asked-already',
  'locked',
  'wrong-network',
  'too-little',
  'expired',
  'account-switched',
  /** The address to pay is not the one that the contract would make for this offer. */
  'vault-differs',
  'chain-away',
  'server-away',
  'two-tabs',
  /** In a frame: the page around it does not pass on what its wallet is asked. */
  'page-silent',
  /** It was signed, and never came to be a session. */
  'came-to-nothing',
  /** Whatever else a wallet or the server says no with. */
  'refused',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface FaultDetails {
  /** Name of the network that is meant. */
  network?: string;
  /** Dollars. */
  has?: string;
  needs?: string;
  /** The account that is meant. */
  account?: string;
  /** In the words of who refused. */
  said?: string;
}

export class PayFault extends Error {
  override readonly name = 'PayFault';
  readonly kind: FaultKind;
  readonly details: FaultDetails;

  constructor(kind: FaultKind, details: FaultDetails = {}, cause?: unknown) {
    super(`${kind}${details.said ? `: ${details.said}` : ''}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.details = details;
  }
}
