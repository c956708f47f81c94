// The worker program: a stage, a driver, or both. Everything that touches a GPU or a tensor lives behind this file.
import { PoolError } from '../protocol/errors.ts';
import { type Identity, identityOf } from '../protocol/identity.ts';
import type { StatedDevice } from '../protocol/lend-memory.ts';
import { AskerLinks } from './worker/asker-links.ts';
import { DriverHost } from './worker/driver-host.ts';
import { holdLock } from './worker/hold-lock.ts';
import { OwnBackend } from './worker/own-backend.ts';
import { serveRpc } from './worker/rpc.ts';
import { ServerTrust } from './worker/server-trust.ts';
import { StageHost } from './worker/stage-host.ts';
import { watchRuntime } from './worker/watch-runtime.ts';
import type { WorkerEvents, WorkerMethods } from './worker/worker-api.ts';

let own: Identity | undefined;
let stage: StageHost | undefined;
let asker: AskerLinks | undefined;
let driver: DriverHost | undefined;

const backend = new OwnBackend();

function identity(): Identity {
  if (!own) throw new PoolError('internal', 'The worker was given no keys.');
  return own;
}

const trust = new ServerTrust();

const stageHost = (): StageHost => {
  stage ??= new StageHost(backend, identity, trust, tell, {
    speculate: (kind) => driverHost().speculate(kind),
    prepare: () => driverHost().loadDraftWhenIdle(),
  });
  return stage;
};

/** The links of a tab that serves nothing. */
const askerLinks = (): AskerLinks => {
  asker ??= new AskerLinks(identity, trust, tell);
  return asker;
};

const links = () => (stage ?? askerLinks()).links;

const driverHost = (): DriverHost => {
  driver ??= new DriverHost({ identity, trust, backend, device: navigator as StatedDevice, tell });
  return driver;
};

const methods: WorkerMethods = {
  'start-identity': async ({ keys }) => {
    own = await identityOf(keys);
  },
  'trust-server': async (params) => trust.learn(params),
  'hold-ticket': async ({ epoch, ticket }) => (stage ?? askerLinks()).holdTicket(epoch, ticket),
  'start-backend': ({ backend: wish }) => backend.start(wish),
  'read-model': (source) => stageHost().readModel(source),
  'try-backend': () => stageHost().tryBackend(),
  'probe-layer': (lent) => stageHost().probe(lent),
  'load-stage': (assignment) => stageHost().load(assignment),
  'warm-slices': (slices) => stageHost().warm(slices),
  'serve-epoch': async ({ epoch }) => stageHost().serve(epoch),
  'add-link': (offer) => links().add(offer),
  'note-distance': async ({ id, ms }) => links().noteDistance(id, ms),
  'close-link': async ({ id }) => links().close(id),
  'retire-epoch': ({ epoch }) => {
    driver?.retire(epoch);
    return stageHost().retire(epoch);
  },
  'sign-receipts': (params) => stageHost().signReceipts(params),
  'start-driver': (source) => driverHost().start(source),
  'use-coalition': async (coalition) => {
    const { epoch, seats } = coalition;
    if (stage) {
      driverHost().use(coalition, stage.driverLinks(epoch));
      stage.loops.use(coalition);
    } else driverHost().ask(coalition, askerLinks().driverLinks(epoch, seats));
  },
  'coalition-serves': async ({ epoch }) => stage?.loops.serve(epoch),
  'drop-coalition': async ({ epoch, error }) => {
    driverHost().drop(epoch, PoolError.from(error));
    stage?.loops.drop(epoch, PoolError.from(error));
    asker?.closeEpoch(epoch);
  },
  'check-model': () => driverHost().check(),
  'encode-prompt': ({ messages }) => driverHost().encodePrompt(messages),
  ask: (request) => driverHost().drive(request),
  cancel: async ({ id }) => driverHost().cancel(id),
  'run-job': (job) => driverHost().runJob(job),
  'cancel-job': async ({ job }) => driverHost().cancelJob(job),
  'open-local': ({ backend: wish }) => driverHost().openLocal(wish),
};

const tell = serveRpc<WorkerEvents>(self as never, methods);
holdLock((name) => tell('locked', { name }));
watchRuntime((progress) => tell('runtime-progress', progress));
