// The units of one market pool on its chain: what they are, what they should be, and the one turn in which they move. Whoever pays
// out of a session does it in that turn, so that nobody's money goes by another one's units.
import { eq } from 'drizzle-orm';
import { type Address, getAddress, parseEventLogs } from 'viem';
import { GDA_POOL_ABI, MARKET_POOL_ABI } from '../../protocol/abi.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { Database } from '../db/open-database.ts';
import { TOTAL_UNITS, type Units } from './split.ts';
import { callOf, inputOf, workflowOf } from './step-workflows.ts';
import { marketSeats } from './tables.ts';

/** Members of one transaction: many more would pass the gas that one may have (EIP-7825). */
const MOST_AT_ONCE = 16;
const MOST_ROUNDS = 3;
/** Public nodes give the events of few blocks at once. */
const MOST_BLOCKS = 500n;

interface Change {
  member: Address;
  had: number;
  units: number;
}

export interface MarketSeatsOptions {
  db: Database;
  chain: OpenChain;
  sender: ChainSender;
  contract: Address;
}

export class MarketSeats {
  readonly contract: Address;
  readonly #options: MarketSeatsOptions;
  #units = new Map<Address, number>();
  #operatorUnits = 0;
  /** Addresses that can have no seat: not tried again. */
  readonly #refused = new Set<Address>();
  #gdaPool: Address | undefined;
  #loading: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: MarketSeatsOptions) {
    this.#options = options;
    this.contract = options.contract;
  }

  /** As the chain has them, since the last turn. */
  get units(): Units {
    return this.#units;
  }

  /** What the treasury leaves. */
  get operatorUnits(): number {
    return this.#operatorUnits;
  }

  /** Resolves when units are known. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((thrown) => {
      this.#loading = undefined;
      throw thrown;
    });
    return this.#loading;
  }

  /** What the chain said of it may be so no more: the next turn reads it anew. */
  forget(): void {
    this.#loading = undefined;
  }

  /** One after the other. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const take = (): Promise<T> => this.ready().then(act);
    const next = this.#turn.then(take, take);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Within a turn. Seats that are given up are first: their units are free for the others. */
  async setTo(wanted: Units): Promise<void> {
    // More than once where one that a server before had sent comes first.
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const changes = this.#changesTo(wanted);
      if (changes.length === 0) return;
      for (let from = 0; from < changes.length; from += MOST_AT_ONCE) {
        await this.#send(changes.slice(from, from + MOST_AT_ONCE));
      }
      await this.#readOf([...new Set([...this.#units.keys(), ...wanted.keys()])]);
      if (changes.every(({ member, units }) => this.#refused.has(member) || this.#unitsOf(member) === units)) return;
    }
  }

  #changesTo(wanted: Units): Change[] {
    return [...new Set([...this.#units.keys(), ...wanted.keys()])]
      .map((member) => ({ member, had: this.#unitsOf(member), units: wanted.get(member) ?? 0 }))
      .filter(({ member, had, units }) => had !== units && !this.#refused.has(member))
      .sort((a, b) => a.units - a.had - (b.units - b.had));
  }

  #unitsOf(member: Address): number {
    return this.#units.get(member) ?? 0;
  }

  async #send(changes: readonly Change[]): Promise<void> {
    const { db, chain, sender } = this.#options;
    const rows = changes.map(({ member }) => ({ contract: this.contract, member }));
    await db.insert(marketSeats).values(rows).onConflictDoNothing();
    const args = [changes.map(({ member }) => member), changes.map(({ units }) => BigInt(units))];
    const place = { chainId: chain.chain.id, contract: this.contract };
    const { hash } = await sender.send({
      ...{ key: await sender.keyFor(this.contract, 'seats'), subject: this.contract, step: 'seats' },
      ...callOf(workflowOf('setSeats', place), place, inputOf('setSeats', args)),
    });
    const { logs } = await chain.reader.getTransactionReceipt({ hash });
    for (const { args } of parseEventLogs({ abi: MARKET_POOL_ABI, eventName: 'SeatRefused', logs })) {
      this.#refused.add(getAddress(args.member));
    }
  }

  async #load(): Promise<void> {
    const { reader } = this.#options.chain;
    const pool = { address: this.contract, abi: MARKET_POOL_ABI } as const;
    const [gdaPool, treasury] = await Promise.all([
      reader.readContract({ ...pool, functionName: 'gdaPool' }),
      reader.readContract({ ...pool, functionName: 'treasury' }),
    ]);
    this.#gdaPool = gdaPool;
    const gda = { address: gdaPool, abi: GDA_POOL_ABI } as const;
    const kept = await reader.readContract({ ...gda, functionName: 'getUnits', args: [treasury] });
    this.#operatorUnits = TOTAL_UNITS - Number(kept);
    await this.#read();
    await this.#findOthers();
  }

  /** Seats that this database does not know of: looked for in the chain's own events, until every unit is somebody's. */
  async #findOthers(): Promise<void> {
    const { db, chain } = this.#options;
    const pool = { address: this.contract, abi: MARKET_POOL_ABI } as const;
    const free = Number(await chain.reader.readContract({ ...pool, functionName: 'suspenseUnits' }));
    const isMissing = (): boolean =>
      [...this.#units.values()].reduce((sum, each) => sum + each, free) < this.#operatorUnits;
    let toBlock = await chain.reader.getBlockNumber();
    while (isMissing()) {
      const fromBlock = toBlock > MOST_BLOCKS ? toBlock - MOST_BLOCKS : 0n;
      const logs = await chain.reader.getContractEvents({
        ...pool,
        eventName: 'SeatSet',
        fromBlock,
        toBlock,
        strict: true,
      });
      const rows = logs.map(({ args }) => ({ contract: this.contract, member: getAddress(args.member) }));
      if (rows.length > 0) {
        await db.insert(marketSeats).values(rows).onConflictDoNothing();
        await this.#read();
      }
      if (fromBlock === 0n) return;
      toBlock = fromBlock - 1n;
    }
  }

  /** An address that could have no seat has none: what the chain says counts. */
  async #read(): Promise<void> {
    const rows = await this.#options.db.select().from(marketSeats).where(eq(marketSeats.contract, this.contract));
    await this.#readOf(rows.map(({ member }) => getAddress(member)));
  }

  /** Whoever is not asked about has none. */
  async #readOf(members: readonly Address[]): Promise<void> {
    const { reader } = this.#options.chain;
    const address = this.#gdaPool!;
    const units = await Promise.all(
      members.map(async (member) => {
        const args = [member] as const;
        const count = await reader.readContract({ address, abi: GDA_POOL_ABI, functionName: 'getUnits', args });
        return [member, Number(count)] as const;
      }),
    );
    this.#units = new Map(units.filter(([, count]) => count > 0));
  }
}
