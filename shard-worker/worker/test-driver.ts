// A driver host with the site's own tokenizer and a ring of arithmetic that asks for grants. Used by tests only.
import type { Grant } from '../../protocol/grant.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { type JobEvent, type JobRequest, jobEventSchema } from '../../protocol/job.ts';
import { testGrants } from '../driver/test-grant.ts';
import { makeRing, type TestRing } from '../driver/test-ring.ts';
import { startFakeHub } from '../hub/fake-hub.ts';
import { DriverHost } from './driver-host.ts';
import { TestLoops } from './test-loops.ts';
import type { DriverSource, WorkerEvents } from './worker-api.ts';

export const EPOCH = 4;

type Told = { [Name in keyof WorkerEvents]: { event: Name; data: WorkerEvents[Name] } }[keyof WorkerEvents];

export interface TestDriver {
  /** Who drives, and signs. */
  self: PeerId;
  host: DriverHost;
  /** Jobs of the server go over this one. */
  ring: TestRing;
  /** Asks of the person go over these. */
  loops: TestLoops;
  source: DriverSource;
  told: Told[];
  seal(fields?: Partial<Grant>): string;
  /** Serves another epoch and stops nothing. */
  serve(epoch: number, beforeRun?: () => void | Promise<void>): TestRing;
  /** Drives a job to its end; its events, each as the server would take it. */
  run(request: Partial<JobRequest>, fields?: { job?: JobId; epoch?: number; grant?: string }): Promise<JobEvent[]>;
  close(): Promise<void>;
}

export const jobId = (index: number) => index.toString(16).padStart(32, '0') as JobId;

export async function startTestDriver(beforeRun?: () => void | Promise<void>): Promise<TestDriver> {
  const hub = await startFakeHub({ root: 'public/models' });
  const identity = await identityOf(await newIdentityKeys());
  const grants = testGrants(identity.peer);
  const told: Told[] = [];
  let runs = 0;
  const unused = () => Promise.reject(new Error('No backend in this test.'));
  const host = new DriverHost({
    identity: () => identity,
    trust: { orchestratorKey: () => grants.publicKey },
    backend: { start: unused, runtime: unused, try: unused },
    device: {},
    tell: (event, data) => void told.push({ event, data } as Told),
  });
  const model = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } as const;
  const source: DriverSource = { pool: poolIdOf(model), model, hubUrl: hub.url };
  await host.start(source);
  // Arithmetic knows no end: an answer is as long as it may be.
  ((await host.format()).format.eosIds as Set<number>).clear();
  const loops = new TestLoops({
    driver: identity.peer,
    grants: grants.grants,
    readGrant: async (grant) => (await grants.read(grant)).claims,
  });
  if (beforeRun) loops.beforeRun = beforeRun;
  const serve: TestDriver['serve'] = (epoch, before) => {
    const ring = makeRing([3], {
      epoch,
      self: identity.peer,
      grants: grants.grants,
      ...(before ? { beforeRun: before } : {}),
    });
    host.use({ epoch, seats: [...ring.client.seats] }, ring);
    const asked = loops.open([3], { epoch });
    host.ask({ epoch, seats: [...asked.ring.seats] }, asked);
    return ring;
  };
  const ring = serve(EPOCH, beforeRun);
  return {
    self: identity.peer,
    host,
    ring,
    loops,
    source,
    told,
    serve,
    seal: grants.seal,
    async run(request, { job = jobId(1000 + ++runs), epoch = EPOCH, grant } = {}) {
      const from = told.length;
      const full: JobRequest = {
        prompt: { kind: 'chat', messages: [{ role: 'user', content: 'How do I join?' }] },
        seed: 7,
        maxTokens: 16,
        stop: [],
        choices: 1,
        drafter: 'none',
        temperature: 0.8,
        ...request,
      };
      await host.runJob({ job, epoch, request: full, grant: grant ?? grants.seal({ job, sessions: full.choices }) });
      return eventsOf(told.slice(from), job);
    },
    close: () => hub.close(),
  };
}

const eventsOf = (told: readonly Told[], job: JobId): JobEvent[] =>
  told
    .flatMap(({ event, data }) => (event === 'job-event' && data.job === job ? [data] : []))
    .map((event) => jobEventSchema.parse(event));

/** What a caller would have of one choice. */
export function choiceOf(events: readonly JobEvent[], choice: number) {
  const deltas = events.flatMap((event) => (event.type === 'delta' && event.choice === choice ? [event] : []));
  return {
    text: deltas.map(({ text }) => text).join(''),
    ids: deltas.flatMap(({ ids }) => ids),
    logprobs: deltas.flatMap(({ logprobs }) => logprobs ?? []),
    reason: events.flatMap((event) => (event.type === 'finished' && event.choice === choice ? [event.reason] : [])),
  };
}
