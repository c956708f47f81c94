// What is kept of pools that somebody made: which model, who may take part, whether it serves. Not who is here now.
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { EmbedOrigins, Sponsor } from '../../protocol/embed.ts';
import type { PoolMarket } from '../../protocol/http/pool.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';

const at = (name: string) => timestamp(name, { withTimezone: true });

export const pools = pgTable(
  'pools',
  {
    /** `repo@revision:dtype` or `repo@revision:dtype/slug`. */
    id: text('id').$type<PoolId>().primaryKey(),
    repo: text('repo').notNull(),
    revision: text('revision').notNull(),
    dtype: text('dtype').notNull(),
    /** Null for the first pool of a model. */
    slug: text('slug'),
    /** How its work is paid: the commons in credits, a market in USDC. */
    policy: text('policy', { enum: ['commons', 'market'] }).notNull(),
    /** The contract that pays; null in the commons. */
    market: jsonb('market').$type<PoolMarket>(),
    /** Tabs to wait for and to split over; null takes whoever is there. */
    stages: integer('stages'),
    /** Whether peers that are not listed may be planned. */
    recruit: boolean('recruit').notNull(),
    /** Whether a coalition is formed at all. */
    loaded: boolean('loaded').notNull(),
    maxContext: integer('max_context').notNull(),
    /** As the server read it from the graph; null for the configured pool until then. */
    manifest: jsonb('manifest').$type<ModelManifest>(),
    /** Per token, in the unit of its policy; null takes the computed price. */
    promptMicros: bigint('prompt_micros', { mode: 'number' }),
    completionMicros: bigint('completion_micros', { mode: 'number' }),
    /** Pages that may show its chat in a frame; null: none. */
    embedOrigins: jsonb('embed_origins').$type<EmbedOrigins>(),
    /** What its account pays for their visitors; null: nothing. */
    sponsor: jsonb('sponsor').$type<Sponsor>(),
    /** Account; null is the server itself, and nobody may change it. */
    createdBy: text('created_by'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** When a coalition of it was last seen at work, to the hour; null: never. */
    servedAt: at('served_at'),
  },
  (table) => [index('pools_by_creator').on(table.createdBy)],
);

/** Pools made per address and day. */
export const poolCounts = pgTable('pool_counts', {
  /** What `hashAddress` makes of it. */
  addressDay: text('address_day').primaryKey(),
  day: date('day').notNull(),
  pools: integer('pools').notNull(),
});

/** What a pool's owner has given or set aside for visitors on a day. Rows of earlier days are deleted with the next one. */
export const sponsoredDays = pgTable(
  'sponsored_days',
  {
    pool: text('pool')
      .$type<PoolId>()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    /** What `hashAddress` makes of an address; '' is all of them together. */
    visitor: text('visitor').notNull(),
    micros: bigint('micros', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.pool, table.day, table.visitor] })],
);

export const poolMembers = pgTable(
  'pool_members',
  {
    pool: text('pool')
      .$type<PoolId>()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    peer: text('peer').$type<PeerId>().notNull(),
    addedAt: at('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.pool, table.peer] })],
);
