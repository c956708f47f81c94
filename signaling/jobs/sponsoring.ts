// Who pays in an asker's stead, as jobs see it: the one port between a chat in a frame of another site's page and whoever gives its
// visitors something. Types alone; `signaling/pools/sponsor-visitors.ts` is behind it.
import type { PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';

export interface SponsorRequest {
  pool: PoolId;
  /** Origin of the page that shows the chat, as the chat says. */
  embeddedIn: string;
  /** Network address of the visitor. */
  address: string;
  /** The most that the answer may cost; counted as used until it is known what it did. */
  amountMicros: number;
}

export interface Sponsored {
  payer: OwnerId;
  /** What it cost in the end: the rest may be used again. At most once. */
  ended(chargedMicros: number): Promise<void>;
}

/** `none`: nobody gives anything there. `spent`: somebody does, and what is left of the day is not enough. */
export type Sponsoring = (request: SponsorRequest) => Promise<Sponsored | 'none' | 'spent'>;
