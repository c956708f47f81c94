// Pools in the database and, for the roster, in memory. Writes go to the database first, one after the other, so that
// memory never says what a restart would not.
import { isDeepStrictEqual } from 'node:util';
import { asc, eq, sql } from 'drizzle-orm';
import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import { dtypeSchema, type PeerId, type PoolId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Database } from '../db/open-database.ts';
import type { Confirm } from '../http/api-types.ts';
import { MAX_POOLS } from '../roster/roster-state.ts';
import { countMade } from './count-made.ts';
import { givesWay } from './make-room.ts';
import {
  type ConfiguredPool,
  MAX_MEMBERS_PER_POOL,
  MAX_POOLS_PER_ACCOUNT,
  type PoolChange,
  type PoolPatch,
  type PoolPolicy,
  type PoolStore,
} from './pool-types.ts';
import { poolMembers, pools } from './tables.ts';

type PoolRow = typeof pools.$inferSelect;

/** A write per change of a coalition would cost more than it tells. */
const NOTE_SERVED_MS = 3600_000;

/** For the configured pool, until its manifest is known. */
const UNKNOWN_CONTEXT = 2048;

/**
 * Reads all pools and gives the store over them.
 *
 * @param now for tests.
 */
export async function createPoolStore(db: Database, now: () => Date = () => new Date()): Promise<PoolStore> {
  const policies = await readAll(db);
  const listeners = new Set<(change: PoolChange) => void>();
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: limits are counted in memory, and listeners hear changes in the order of the database. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act, act);
    last = next.catch(() => undefined);
    return next;
  };
  const tell = (change: PoolChange): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch {
        // Its own business: the change is written, and others wait to hear of it.
      }
    }
  };
  const keep = (policy: PoolPolicy): PoolPolicy => {
    policies.set(policy.id, policy);
    tell({ type: 'changed', policy });
    return policy;
  };
  const forget = (id: PoolId): void => {
    policies.delete(id);
    tell({ type: 'removed', id });
  };
  /** What is written for somebody is written while they may. */
  const allowed = <T>(confirm: Confirm | undefined, act: (transaction: Database) => PromiseLike<T>): Promise<T> =>
    db.transaction(async (transaction) => {
      await confirm?.(transaction);
      return act(transaction);
    });
  const known = (id: PoolId): PoolPolicy => {
    const policy = policies.get(id);
    if (!policy) throw new PoolError('not-found', 'There is no such pool.');
    return policy;
  };
  const insert = async (db: Database, row: PoolRow): Promise<PoolPolicy> => {
    const [written] = await db.insert(pools).values(row).onConflictDoNothing().returning();
    if (!written)
      throw new PoolError('conflict', 'There is such a pool already: give this one a name of its own.', {
        data: { pool: row.id },
      });
    return toPolicy(written, []);
  };

  return {
    list: () => [...policies.values()],
    find: (id) => policies.get(id),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    create: ({ model, manifest, createdBy, price, from, ...entry }, { confirm, isInUse = () => false } = {}) =>
      inTurn(async () => {
        const id = poolIdOf(model);
        if (policies.has(id))
          throw new PoolError('conflict', 'There is such a pool already: give this one a name of its own.', {
            data: { pool: id },
          });
        const own = [...policies.values()].filter((policy) => policy.createdBy === createdBy).length;
        if (own >= MAX_POOLS_PER_ACCOUNT)
          throw new PoolError('conflict', `An account has ${MAX_POOLS_PER_ACCOUNT} pools at most: remove one first.`);
        const row = {
          id,
          ...columnsOf(model),
          policy: 'commons',
          market: null,
          stages: entry.stages ?? null,
          recruit: entry.recruit ?? true,
          loaded: entry.loaded ?? true,
          maxContext: shortened(entry.maxContext, manifest),
          manifest,
          ...priceColumns(price),
          embedOrigins: null,
          sponsor: null,
          createdBy,
          createdAt: now(),
          updatedAt: now(),
          servedAt: null,
        } as const;
        const isFull = policies.size >= MAX_POOLS;
        const gone = isFull ? givesWay(policies.values(), row.createdAt, isInUse) : undefined;
        if (isFull && gone === undefined)
          throw new PoolError(
            'pools-full',
            'The server has as many pools as it takes, and all were used or made lately.',
          );
        const made = await db.transaction(async (transaction) => {
          await confirm?.(transaction);
          if (from !== undefined) await countMade(transaction, from, row.createdAt);
          if (gone !== undefined) await transaction.delete(pools).where(eq(pools.id, gone));
          return insert(transaction, row);
        });
        if (gone !== undefined) forget(gone);
        return keep(made);
      }),
    ensure: (model, configured = {}) =>
      inTurn(async () => {
        const id = poolIdOf(model);
        const { manifest } = configured;
        const there = policies.get(id);
        const columns = configuredColumns(configured);
        if (!there) {
          const fields = { recruit: true, loaded: true, sponsor: null, createdBy: null, servedAt: null };
          const times = { createdAt: now(), updatedAt: now() };
          const maxContext = manifest?.maxContext ?? UNKNOWN_CONTEXT;
          const row = { id, ...columnsOf(model), ...columns, ...fields, ...times, maxContext };
          return keep(await insert(db, { ...row, manifest: manifest ?? null }));
        }
        if (there.createdBy !== undefined || (!manifest && isAsConfigured(there, configured))) return there;
        // What is configured may change from one start to the next.
        const read = manifest ? { manifest, maxContext: manifest.maxContext } : {};
        return keep(await write(db, there, { ...columns, ...read, updatedAt: now() }));
      }),
    update: (id, patch, confirm) =>
      inTurn(async () => {
        const before = known(id);
        const set = { ...toColumns(patch, before), updatedAt: now() };
        return keep(await allowed(confirm, (transaction) => write(transaction, before, set)));
      }),
    remove: (id, confirm) =>
      inTurn(async () => {
        known(id);
        await allowed(confirm, (transaction) => transaction.delete(pools).where(eq(pools.id, id)));
        forget(id);
      }),
    disown: (account) =>
      inTurn(async () => {
        const own = [...policies.values()].filter(({ createdBy }) => createdBy === account);
        for (const policy of own) keep(await write(db, policy, { createdBy: null, sponsor: null, updatedAt: now() }));
      }),
    addMember: (id, peer, confirm) =>
      inTurn(async () => {
        const before = known(id);
        if (before.members.includes(peer)) return before;
        if (before.members.length >= MAX_MEMBERS_PER_POOL)
          throw new PoolError('rate-limited', `A pool lists at most ${MAX_MEMBERS_PER_POOL} peers.`);
        const member = { pool: id, peer, addedAt: now() };
        await allowed(confirm, (transaction) => transaction.insert(poolMembers).values(member).onConflictDoNothing());
        return keep({ ...before, members: [...before.members, peer] });
      }),
    removeMember: (id, peer, confirm) =>
      inTurn(async () => {
        const before = known(id);
        if (!before.members.includes(peer)) return before;
        const isMember = sql`${poolMembers.pool} = ${id} and ${poolMembers.peer} = ${peer}`;
        await allowed(confirm, (transaction) => transaction.delete(poolMembers).where(isMember));
        return keep({ ...before, members: before.members.filter((member) => member !== peer) });
      }),
    async noteServed(id) {
      const isNoted = (): boolean => {
        const policy = policies.get(id);
        return (
          !policy || (policy.servedAt !== undefined && now().getTime() - policy.servedAt.getTime() < NOTE_SERVED_MS)
        );
      };
      if (isNoted()) return;
      await inTurn(async () => {
        if (isNoted()) return;
        const servedAt = now();
        policies.set(id, await write(db, known(id), { servedAt }));
      });
    },
  };
}

async function readAll(db: Database): Promise<Map<PoolId, PoolPolicy>> {
  const rows = await db.select().from(pools).orderBy(asc(pools.createdAt), asc(pools.id));
  const members = await db.select().from(poolMembers).orderBy(asc(poolMembers.addedAt), asc(poolMembers.peer));
  const byPool = new Map<PoolId, PeerId[]>();
  for (const { pool, peer } of members) byPool.set(pool, [...(byPool.get(pool) ?? []), peer]);
  return new Map(rows.map((row) => [row.id, toPolicy(row, byPool.get(row.id) ?? [])]));
}

async function write(db: Database, before: PoolPolicy, set: Partial<PoolRow>): Promise<PoolPolicy> {
  const [row] = await db.update(pools).set(set).where(eq(pools.id, before.id)).returning();
  if (!row) throw new PoolError('not-found', 'There is no such pool.');
  return toPolicy(row, before.members);
}

const priceColumns = (price: Price | null | undefined): Pick<PoolRow, 'promptMicros' | 'completionMicros'> => ({
  promptMicros: price?.promptMicros ?? null,
  completionMicros: price?.completionMicros ?? null,
});

function configuredColumns({ stages, market, price, embedOrigins }: ConfiguredPool) {
  if (market && !price) throw noPrice();
  const policy = market ? ('market' as const) : ('commons' as const);
  const framers = { embedOrigins: embedOrigins ?? null };
  return { stages: stages ?? null, policy, market: market ?? null, ...framers, ...priceColumns(price) };
}

const isAsConfigured = (there: PoolPolicy, { stages, market, price, embedOrigins }: ConfiguredPool): boolean =>
  there.stages === stages &&
  isDeepStrictEqual([there.market, there.price, there.embedOrigins], [market, price, embedOrigins]);

/** Nobody computes what USDC a token is worth. */
const noPrice = (): PoolError =>
  new PoolError('bad-request', 'A market pool needs a price.', { data: { param: 'price' } });

const columnsOf = ({ slug, ...model }: PoolRef) => ({ ...model, slug: slug ?? null });

const toPolicy = (row: PoolRow, members: readonly PeerId[]): PoolPolicy => ({
  id: row.id,
  model: { repo: row.repo, revision: row.revision, dtype: dtypeSchema.parse(row.dtype) },
  slug: row.slug ?? undefined,
  policy: row.policy,
  market: row.market ?? undefined,
  stages: row.stages ?? undefined,
  recruit: row.recruit,
  members,
  loaded: row.loaded,
  manifest: row.manifest ?? undefined,
  maxContext: row.maxContext,
  price:
    row.promptMicros === null || row.completionMicros === null
      ? undefined
      : { promptMicros: row.promptMicros, completionMicros: row.completionMicros },
  embedOrigins: row.embedOrigins ?? undefined,
  sponsor: row.sponsor ?? undefined,
  createdBy: row.createdBy ?? undefined,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  servedAt: row.servedAt ?? undefined,
});

function toColumns({ price, maxContext, ...patch }: PoolPatch, before: PoolPolicy): Partial<PoolRow> {
  const columns: Partial<PoolRow> = {};
  if (patch.stages !== undefined) columns.stages = patch.stages;
  if (patch.recruit !== undefined) columns.recruit = patch.recruit;
  if (patch.loaded !== undefined) columns.loaded = patch.loaded;
  if (patch.embedOrigins !== undefined) columns.embedOrigins = patch.embedOrigins;
  if (patch.sponsor !== undefined) columns.sponsor = patch.sponsor;
  if (maxContext !== undefined) columns.maxContext = shortened(maxContext, before.manifest);
  if (price === null && before.market) throw noPrice();
  return price === undefined ? columns : { ...columns, ...priceColumns(price) };
}

function shortened(asked: number | undefined, manifest: ModelManifest | undefined): number {
  const most = manifest?.maxContext ?? UNKNOWN_CONTEXT;
  if (asked !== undefined && asked > most)
    throw new PoolError('bad-request', `The model has at most ${most} positions here.`, {
      data: { param: 'max_context' },
    });
  return asked ?? most;
}
