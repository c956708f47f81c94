// A process to be killed: carries out the operations that it reads, a few lanes at once, and says each that is done on a line
// of its own. Started by killed-ledger.test.ts alone.
import { readFileSync, writeSync } from 'node:fs';
import type { DatabaseLocation } from '../config/config-types.ts';
import { openDatabase } from '../db/open-database.ts';
import { createLedger } from './create-ledger.ts';
import { carryOut, GRANT_MICROS, type Operation, PAYER } from './test-operations.ts';

/** Lanes that are under way at once. */
const LANES = 4;

const { database, lanes, most } = JSON.parse(readFileSync(0, 'utf8')) as {
  database: DatabaseLocation;
  lanes: Operation[][];
  /** Operations that it carries out, and then waits to be killed: however late its parent is, it has not ended before. */
  most?: number;
};
const { db, close } = await openDatabase(database);
const ledger = createLedger(db, { welcomeMicros: GRANT_MICROS, welcomesPerAddressPerDay: 1 });
// Holds need it. Every writer asks, one of them gets it.
await ledger.welcome(PAYER, 'an address');
// Written at once and past every buffer of this process: what the parent reads was promised.
writeSync(1, 'ready\n');
const waiting = [...lanes];
let begun = 0;
const work = async (): Promise<void> => {
  for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
    for (const operation of lane) {
      begun += 1;
      if (begun > (most ?? Number.POSITIVE_INFINITY)) await new Promise(() => setInterval(() => {}, 60_000));
      await carryOut(ledger, operation);
      writeSync(1, `${operation}\n`);
    }
  }
};
await Promise.all(Array.from({ length: LANES }, work));
await close();
writeSync(1, 'finished\n');
