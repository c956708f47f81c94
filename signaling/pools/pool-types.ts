// The words of pools as people make them: what the roster asks before it plans. No table, no HTTP.

import type { PoolPolicyName } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import type { EmbedOrigins, Sponsor } from '../../protocol/embed.ts';
import type { PoolMarket } from '../../protocol/http/pool.ts';
import type { ModelRef, PeerId, PoolId, PoolRef } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Confirm } from '../http/api-types.ts';

/** Never mutated: a change makes a new one. */
export interface PoolPolicy {
  readonly id: PoolId;
  readonly model: ModelRef;
  /** Tells it from other pools of the model; undefined: the first. */
  readonly slug?: string | undefined;
  readonly policy: PoolPolicyName;
  /** There if and only if the policy is `market`; then there is a price as well. */
  readonly market?: PoolMarket | undefined;
  /** Tabs to wait for and to split over; undefined takes whoever is there. */
  readonly stages?: number | undefined;
  /** Whether peers that are not `members` may be planned. */
  readonly recruit: boolean;
  readonly members: readonly PeerId[];
  /** False: no coalition; the one there is retires. */
  readonly loaded: boolean;
  /** As the server read it from the graph: a peer that offers another one has another file. */
  readonly manifest?: ModelManifest | undefined;
  readonly maxContext: number;
  readonly price?: Price | undefined;
  /** Pages that may show its chat in a frame; undefined: none. */
  readonly embedOrigins?: EmbedOrigins | undefined;
  /** What `createdBy` pays for their visitors. */
  readonly sponsor?: Sponsor | undefined;
  /** Account; undefined is the server itself. */
  readonly createdBy?: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When a coalition of it was last seen at work, to the hour. */
  readonly servedAt?: Date | undefined;
}

export type PoolChange = { type: 'changed'; policy: PoolPolicy } | { type: 'removed'; id: PoolId };

/** What the roster reads: all of it in memory, never behind a wait. */
export interface PoolDirectory {
  /** In the order they were made. */
  list(): readonly PoolPolicy[];
  find(id: PoolId): PoolPolicy | undefined;
  /** Told after the database has it. Returns the way to stop. A listener that throws stops nobody else. */
  onChange(listener: (change: PoolChange) => void): () => void;
}

export interface NewPool {
  model: PoolRef;
  stages?: number | undefined;
  recruit?: boolean | undefined;
  loaded?: boolean | undefined;
  price?: Price | undefined;
  /** Shortens the manifest's own. */
  maxContext?: number | undefined;
  manifest: ModelManifest;
  createdBy: string;
  /** The network address that it is made from: each has a share of a day. */
  from?: string | undefined;
}

/** What a store asks of others when it makes a pool. */
export interface Making {
  confirm?: Confirm;
  /** Whether somebody lends to the pool now. */
  isInUse?(id: PoolId): boolean;
}

/** What the server says of a pool of its own at each start. */
export interface ConfiguredPool {
  stages?: number | undefined;
  /** Undefined leaves the one that is kept. */
  manifest?: ModelManifest | undefined;
  /** Makes it a market pool, which needs a price. */
  market?: PoolMarket | undefined;
  price?: Price | undefined;
  /** Pages that may show its chat in a frame; undefined: none. */
  embedOrigins?: EmbedOrigins | undefined;
}

/** Null takes a value away; undefined leaves it. */
export interface PoolPatch {
  stages?: number | null | undefined;
  recruit?: boolean | undefined;
  loaded?: boolean | undefined;
  price?: Price | null | undefined;
  embedOrigins?: EmbedOrigins | undefined;
  sponsor?: Sponsor | null | undefined;
  maxContext?: number | undefined;
}

/** Most pools of one account, so that nobody fills the list alone. */
export const MAX_POOLS_PER_ACCOUNT = 20;
/** Most listed peers of one pool: as many as the roster takes. */
export const MAX_MEMBERS_PER_POOL = 256;

export interface PoolStore extends PoolDirectory {
  /**
   * Throws `conflict` when there is one of this id or as many as an account may have, `pools-full` at the most of the address's
   * day or of the server. Each write on somebody's behalf throws `not-logged-in` where `confirm` does.
   */
  create(entry: NewPool, making?: Making): Promise<PoolPolicy>;
  /**
   * Makes a configured pool if need be; it belongs to the server. One that an account made of this id stays as it is. Throws
   * `bad-request` for a market without a price.
   */
  ensure(model: PoolRef, fields?: ConfiguredPool): Promise<PoolPolicy>;
  /** Throws `not-found`, and `bad-request` where a market pool would lose its price. */
  update(id: PoolId, patch: PoolPatch, confirm?: Confirm): Promise<PoolPolicy>;
  remove(id: PoolId, confirm?: Confirm): Promise<void>;
  /** The pools of an account that is gone: the server's from now on, and nobody pays for visitors there. */
  disown(account: string): Promise<void>;
  addMember(id: PoolId, peer: PeerId, confirm?: Confirm): Promise<PoolPolicy>;
  /** No effect on a peer that is not listed. */
  removeMember(id: PoolId, peer: PeerId, confirm?: Confirm): Promise<PoolPolicy>;
  /** A coalition of it is at work. Written once an hour; told to nobody. No effect on a pool that is not kept. */
  noteServed(id: PoolId): Promise<void>;
}
