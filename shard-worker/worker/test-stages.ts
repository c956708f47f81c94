// Stage hosts as workers have them: the site's own model from a hub on loopback, the real WASM runtime, links over message
// ports that are proved with real keys. Used by tests only.
import type { Seat } from '../../protocol/control.ts';
import { type Grant, sealGrant } from '../../protocol/grant.ts';
import type { Identity } from '../../protocol/identity.ts';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import { inSeconds } from '../../protocol/test-orchestrator.ts';
import { loadOrtRuntime, type OrtRuntime } from '../engine/ort-runtime.ts';
import { type FakeHub, startFakeHub } from '../hub/fake-hub.ts';
import { type Bridge, makeBridge } from '../links/port-bridge.ts';
import { ORCHESTRATOR, ticketOf } from '../links/proved-pair.ts';
import { tryRuns } from '../model/try-runs.ts';
import { OwnBackend } from './own-backend.ts';
import { StageHost } from './stage-host.ts';
import { WASM_CHOICE } from './start-backend.ts';
import type { DriverSource, StageAssignment, WorkerEvents } from './worker-api.ts';

export const MODEL = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } as const;
export const POOL = poolIdOf(MODEL);
export const TRUST = { orchestratorKey: () => ORCHESTRATOR.publicKey };
export const LENT = { memoryBytes: 256 * 1024 ** 2 };
const MIRROR = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];

type Told = { [Name in keyof WorkerEvents]: { event: Name; data: WorkerEvents[Name] } }[keyof WorkerEvents];

export interface TestStage {
  host: StageHost;
  identity: Identity;
  told: Told[];
}

export class TestStages {
  readonly source: DriverSource;
  layers = 0;
  readonly #hub: FakeHub;
  readonly #bridges: Bridge[] = [];

  private constructor(hub: FakeHub) {
    this.#hub = hub;
    this.source = { pool: POOL, model: MODEL, hubUrl: hub.url };
  }

  static async start(): Promise<TestStages> {
    return new TestStages(await startFakeHub({ root: 'public/models' }));
  }

  /** A host that has read the model. */
  async open(
    identity: Identity,
    runtime: () => Promise<OrtRuntime> = () => loadOrtRuntime('wasm'),
  ): Promise<TestStage> {
    const told: Told[] = [];
    const backend = new OwnBackend({ start: async () => WASM_CHOICE, load: runtime, tryRuns });
    const host = new StageHost(
      backend,
      () => identity,
      TRUST,
      (event, data) => void told.push({ event, data } as Told),
    );
    this.layers = (await host.readModel(this.source)).layers;
    return { host, identity, told };
  }

  assign(
    epoch: number,
    [start, end]: readonly [number, number],
    fields: Partial<StageAssignment> = {},
  ): StageAssignment {
    const stage = start === 0 ? 0 : 1;
    return { epoch, pool: POOL, stage, start, end, layers: this.layers, lent: LENT, ...fields };
  }

  ticket({ identity }: Pick<TestStage, 'identity'>, epoch: number, [start, end]: readonly [number, number]): string {
    return ticketOf(identity, { epoch, pool: POOL, start, end, layers: this.layers });
  }

  driverTicket({ identity }: Pick<TestStage, 'identity'>, epoch: number): string {
    return ticketOf(identity, { epoch, pool: POOL, role: 'driver', start: 0, end: 0, layers: this.layers });
  }

  /** `from` asks `to` for a link; resolves when both have proved themselves. */
  async link(from: Pick<TestStage, 'identity'> & { host: Pick<StageHost, 'links'> }, to: TestStage, epoch: number) {
    const bridge = makeBridge();
    this.#bridges.push(bridge);
    const [atFrom, atTo] = bridge.ends;
    const [local, remote] = MIRROR;
    const common = { id: this.#bridges.length, epoch, lane: 0 };
    const into = { peer: from.identity.peer, direction: 'in', fingerprints: { local: remote, remote: local } } as const;
    const out = { peer: to.identity.peer, direction: 'out', fingerprints: { local, remote } } as const;
    await to.host.links.add({ ...common, ...into, port: atTo });
    await from.host.links.add({ ...common, ...out, port: atFrom });
  }

  seat({ identity }: Pick<TestStage, 'identity'>, [start, end]: readonly [number, number]): Seat {
    const loaded = { totalBytes: 1, loadedBytes: 1, ready: true };
    return { peer: identity.peer, start, end, backend: 'wasm', device: 'WASM, 1 thread', ...loaded };
  }

  grant(driver: Identity, job: JobId, fields: Pick<Grant, 'promptTokens'>): string {
    const claims = {
      job,
      nonce: 'b'.repeat(32),
      pool: POOL,
      driver: driver.peer,
      sessions: 1,
      maxPosition: 2048,
      own: [],
    };
    return sealGrant({ ...claims, expires: inSeconds(600), ...fields }, ORCHESTRATOR.sign);
  }

  async close(): Promise<void> {
    for (const bridge of this.#bridges.splice(0)) bridge.close();
    await this.#hub.close();
  }
}
