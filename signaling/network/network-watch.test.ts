import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { networkSchema } from '../../protocol/http/network.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { RosterEvent } from '../roster/apply-roster-event.ts';
import { POOL, Table } from '../roster/test-table.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';
import { createNetworkRoutes } from './network-routes.ts';
import { NetworkWatch } from './network-watch.ts';

/** A roster whose steps are watched. */
class WatchedTable extends Table {
  made = 0;
  running = 1;
  readonly watcher = new NetworkWatch({
    nowMs: () => this.nowMs,
    pools: () => {
      this.made += 1;
      return [...this.roster.pools.values()];
    },
    rttOf: () => 12,
    runningOn: () => this.running,
    paceOf: () => undefined,
  });

  override apply(event: RosterEvent): void {
    const before = this.roster.pools.get(POOL);
    super.apply(event);
    this.watcher.poolChanged(POOL, { before, after: this.roster.pools.get(POOL), event: event.type });
  }

  read() {
    this.nowMs += 1_000;
    return networkSchema.parse(JSON.parse(this.watcher.read()));
  }

  /** How often a ring broke and came back, in the last hour. */
  breaks(): [number, number] {
    const { failures, recoveries } = this.read().hour;
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    return [sum(failures), sum(recoveries)];
  }
}

function serving(): WatchedTable {
  const table = new WatchedTable();
  for (const name of ['a', 'b', 'c']) table.offer(name);
  table.pass(1_000);
  const { epoch } = table.pool().coalitions[0]!.coalition;
  table.ready(epoch, 'a', 'b', 'c');
  return table;
}

const lastEpoch = (table: Table): number => table.pool().coalitions.at(-1)!.coalition.epoch;

test('a ring that loses a tab broke, and came back when the others answer', () => {
  const table = serving();
  expect(table.breaks()).toEqual([0, 0]);
  expect(table.read().totals).toMatchObject({ peers: 3, serving: 3, coalitions: 1, answering: 1 });
  table.leave('b');
  expect(table.breaks()).toEqual([1, 0]);
  table.pass(1_000);
  table.ready(lastEpoch(table), 'a', 'c');
  expect(table.breaks()).toEqual([1, 1]);
  const { hour } = table.read();
  expect(hour.peers.at(-1)).toBe(2);
  expect(Math.max(...hour.recoveryMs.map((ms) => ms ?? 0))).toBeGreaterThan(0);
});

test('a tab that says goodbye first breaks nothing, and neither does a larger ring that takes over', () => {
  const table = serving();
  table.offer('d');
  table.pass(1_000);
  table.ready(lastEpoch(table), 'a', 'b', 'c', 'd');
  expect(table.breaks()).toEqual([0, 0]);
  table.apply({ type: 'stage-drained', peer: table.pool().peers[0]!.peer });
  table.pass(1_000);
  table.ready(lastEpoch(table), 'b', 'c', 'd');
  expect(table.breaks()).toEqual([0, 0]);
});

/** A chat's answer over one ring of four layers, for which its client has signed. */
function jobOf(id: string, signed: number): LiveJob {
  const note = { note: { delivered: [{ epoch: 1, tokens: signed }], cachedTokens: 0 } };
  const seats = [{ peer: 'x', start: 0, end: 4 }];
  const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 500 };
  return { id, note, usage, epochs: [{ epoch: 1, seats }], paidTokens: 0 } as unknown as LiveJob;
}

const settled = (positions: number): SettlementPlan =>
  ({ payments: [{ peer: 'x', amountMicros: 0, cells: 4 * positions }] }) as unknown as SettlementPlan;

test('tokens count as far as they were signed for and shown, whatever else is said', () => {
  const table = serving();
  const answer = (id: string, signed: number, plan: SettlementPlan | undefined): void => {
    const job = jobOf(id, signed);
    table.watcher.started(job);
    table.nowMs += 1_000;
    table.watcher.answered(job);
    table.watcher.ended(job, { settlement: plan });
  };
  answer('no receipt', 400, settled(0));
  answer('unsettled', 400, undefined);
  expect(table.read().tokensPerSecond).toBe(0);
  for (let at = 0; at < 5; at++) answer(`honest ${at}`, 12, settled(22));
  const { tokensPerSecond, hour } = table.read();
  expect(hour.answers.at(-1)).toBe(5);
  // 60 tokens, over the seconds since the watch began.
  expect(tokensPerSecond).toBeCloseTo(60 / (table.nowMs / 1000), 0);
});

test('a ring is lit while it answers and a few seconds longer, so that a short answer is seen', () => {
  const table = serving();
  const isLit = (): boolean => table.read().coalitions[0]!.isAnswering;
  expect(isLit()).toBe(true);
  table.running = 0;
  expect(isLit()).toBe(false);
  table.watcher.answered({ ...jobOf('short', 1), pool: POOL, ring: 0 });
  expect([isLit(), isLit(), isLit(), isLit()]).toEqual([true, true, true, true]);
  expect(isLit()).toBe(false);
});

test('it is made once a second, whoever asks', async () => {
  const table = serving();
  const app = new OpenAPIHono();
  app.route('/api', createNetworkRoutes(table.watcher.read));
  const ask = async () => (await app.request('/api/network')).text();
  const made = table.made;
  const first = await ask();
  for (let asked = 0; asked < 20; asked++) expect(await ask()).toBe(first);
  expect(table.made).toBe(made + 1);
  table.nowMs += 1_000;
  await ask();
  expect(table.made).toBe(made + 2);
  const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } });
  expect(Object.keys(paths ?? {})).toEqual(['/api/network']);
});

test('nobody is there', () => {
  const table = new WatchedTable();
  expect(table.read()).toMatchObject({ totals: { peers: 0, coalitions: 0 }, coalitions: [], peers: [] });
});
