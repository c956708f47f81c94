// The words of settlement: what it looks at, what it decides and what it could not accept.
import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';

export interface EpochSeats {
  epoch: number;
  /** Who held layers `[start, end)`. Together they hold every layer once. */
  seats: readonly { peer: PeerId; start: number; end: number }[];
}

/** So many ids of one choice came out of one epoch. */
export interface Delivered {
  epoch: number;
  tokens: number;
}

/** What the witness of an answer saw: over HTTP the server, which relayed it; in a chat the client, who signed for it. */
export interface Delivery {
  /** Tokens of one prompt, whatever the number of choices: each computes it. */
  promptTokens: number;
  /** Positions at the prompt's beginning that an earlier answer has paid for. */
  cachedTokens: number;
  /** Per choice, in the order of delivery. */
  choices: readonly (readonly Delivered[])[];
}

/** What is held pays for so much and no more. */
export interface Most {
  promptTokens: number;
  /** Per choice. */
  maxTokens: number;
  choices: number;
}

export interface SettlementInput {
  job: { id: JobId; nonce: string; pool: string };
  /** Layers of the whole model. */
  layers: number;
  price: Price;
  most: Most;
  /** In order of use. */
  epochs: readonly EpochSeats[];
  /** Their signatures have been checked; nothing else has. */
  receipts: readonly Receipt[];
  /** Undefined: the client vanished without a word, and what all seats of an epoch agree on counts. */
  delivery: Delivery | undefined;
  /** A chat: what its client signed, or did not, is compared with what the seats agree on. The server's own word is not. */
  isChat?: boolean;
  /** Positions at the prompt's beginning that an earlier answer of the same payer may have paid for, as the server knows. */
  paidTokens: number;
  /** Positions that may have been fed without the results before them: drafts. 0 where nothing was to be drafted. */
  ahead: number;
  /** Tokens that the loop of a chat may be ahead of what its client has signed for. */
  loopAhead: number;
  /** False: the payer has left more unpaid than it may, and what it signs is the least that it is charged. By default true. */
  isTrusted?: boolean;
}

export type DisputeReason =
  /** It names another job, nonce, pool or epoch, or a seat that the peer did not have. */
  | 'misplaced'
  /** Positions or frames that cannot be. */
  | 'out-of-range'
  /** A second receipt of a peer for the same session and epoch. */
  | 'repeated'
  /** A peer signed two different things for the same frames. */
  | 'contradicts-itself'
  /** Two neighbours saw different bytes pass between them: one of them is wrong, and it cannot be told which. */
  | 'chain-differs'
  /** The loop of a chat went on further than its client's word allowed, or its prompt was longer than the server was told. */
  | 'ran-ahead';

export interface Dispute {
  why: DisputeReason;
  epoch: number;
  session?: SessionId;
  peers: PeerId[];
  /** `chain-differs`: the layer before which the edge is. */
  layer?: number;
}

/** Cells (one layer at one position) that were delivered and that no receipt of their seat covers: nobody is paid for them. */
export interface Gap {
  epoch: number;
  peer: PeerId;
  cells: number;
  why: 'no-receipt' | 'not-covered';
}

export interface SettlementPlan {
  /** Sorted by peer, each once, none for nothing. */
  payments: { peer: PeerId; amountMicros: number; cells: number }[];
  /** The sum of the payments: at most the bill, less where a seat shows no receipt. */
  chargedMicros: number;
  /** What the answer costs when every seat shows its receipt. Known as soon as the answer has ended. */
  billMicros: number;
  gaps: Gap[];
  /** Change no payment. At most `MAX_DISPUTES`. */
  disputes: Dispute[];
  /** Tokens of a chat that all seats show and nobody is charged for, its prompt included where none of its tokens is. */
  beyond: number;
}
