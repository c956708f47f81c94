// The words of settlement: what it looks at, what it decides and what it could not accept.

import type { Price } from '../../protocol/credits.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';

export interface EpochSeats {
  epoch: number;
  /** Who held layers `[start, end)`. Together they hold every layer once. */
  seats: readonly { peer: PeerId; start: number; end: number }[];
}

export interface SettlementInput {
  /**
   * `promptTokens` counts one prompt, whatever the number of choices; each choice computes it. `choices` is also how often
   * a cell may be paid.
   */
  job: { id: JobId; nonce: string; pool: string; promptTokens: number; choices: number };
  /** Layers of the whole model. */
  layers: number;
  price: Price;
  holdMicros: number;
  /** In order of use. */
  epochs: readonly EpochSeats[];
  /** Receipts of the stages, and of the driver below. Their signatures have been checked; nothing else has. */
  receipts: readonly Receipt[];
  driver: readonly Receipt[];
}

export type GapReason = 'no-receipt' | 'broken-edge' | 'not-covered' | 'not-agreed';

/** Cells that were computed as far as anyone can tell, and are paid to nobody. */
export interface Gap {
  epoch: number;
  session: SessionId;
  /** Layers `[start, end)`. */
  start: number;
  end: number;
  /** Positions `[from, to)`. */
  from: number;
  to: number;
  why: GapReason;
}

export type DisputeReason =
  /** It names another job, nonce, pool or role, an epoch that was not used, or a seat that the peer did not have. */
  | 'misplaced'
  /** A peer signed two different things for the same frames. */
  | 'contradicts-itself'
  /** The driver signed for this epoch but not for this session. */
  | 'not-countersigned'
  /** It computed, or says so, positions that the driver did not get. Those it got are paid. */
  | 'claims-more'
  | 'chain-differs'
  | 'frames-differ';

export interface Dispute {
  why: DisputeReason;
  epoch: number;
  session: SessionId;
  /** Whoever is on either side; one of them is wrong, and it cannot be told which. */
  peers: PeerId[];
  /** The layer before which the edge is; 0 is driver to entry, the number of layers is exit to driver. */
  layer?: number;
}

export interface SettlementPlan {
  /** Sorted by peer, each once. `cells`: (layer, position) pairs. */
  payments: { peer: PeerId; amountMicros: number; cells: number }[];
  /** The sum of the payments. */
  chargedMicros: number;
  /** Why less is charged than was computed: no receipt covers anything, or not everything. */
  refundedReason?: 'no-receipts' | 'gaps';
  gaps: Gap[];
  disputes: Dispute[];
  /** Sessions that no driver signed for and all stages agree on. */
  uncontested: { epoch: number; session: SessionId }[];
}
