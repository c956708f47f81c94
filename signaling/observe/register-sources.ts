// Gauges that are asked for when they are read, so that nothing has to be told twice. A source that fails leaves its
// gauges empty: a gap in a graph is honest, an old number is not.
import { Gauge, type Registry } from 'prom-client';
import type { MetricSources } from './metric-types.ts';

const POOL_STATES = ['empty', 'waiting', 'forming', 'ready'] as const;

export function registerSources(
  prefix: string,
  registers: Registry[],
  sources: MetricSources,
  poolLabel: (pool: string) => string,
): void {
  const { controlPeers, pools, coalitions, queue, ledger } = sources;
  const gauge = <L extends string>(name: string, help: string, labelNames: L[], read: (gauge: Gauge<L>) => unknown) =>
    new Gauge<L>({
      name: prefix + name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset();
        try {
          await read(this);
        } catch {
          this.reset();
        }
      },
    });

  if (controlPeers) gauge('control_peers', 'Peers that proved who they are.', [], (it) => it.set(controlPeers()));
  if (pools) {
    gauge('pools', 'Pools by state.', ['state'], (it) => {
      const found = pools();
      for (const state of POOL_STATES) it.set({ state }, found.filter((pool) => pool.state === state).length);
    });
    gauge('pool_peers', 'Peers of each pool.', ['pool'], (it) => {
      for (const { pool, peers } of pools()) it.inc({ pool: poolLabel(pool) }, peers);
    });
  }
  if (coalitions) {
    gauge('coalition_stages', 'Stages of each coalition.', ['pool', 'state'], (it) => {
      for (const { pool, state, stages } of coalitions()) it.inc({ pool: poolLabel(pool), state }, stages);
    });
  }
  if (queue) {
    gauge('jobs_now', 'Jobs that wait and that run.', ['state'], (it) => {
      const { waiting, running } = queue();
      it.set({ state: 'waiting' }, waiting);
      it.set({ state: 'running' }, running);
    });
  }
  if (ledger) {
    gauge('ledger_micros', 'Sums of the ledger, in millionths of a credit.', ['bucket'], async (it) => {
      const { availableMicros, heldMicros, issuedMicros } = await ledger();
      it.set({ bucket: 'available' }, availableMicros);
      it.set({ bucket: 'held' }, heldMicros);
      it.set({ bucket: 'issued' }, issuedMicros);
    });
    gauge('ledger_open_holds', 'Holds that are neither settled nor released.', [], async (it) =>
      it.set((await ledger()).openHolds),
    );
  }
}
