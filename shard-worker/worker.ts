// The worker program: a stage, a driver, or both. Everything that touches a GPU or a tensor lives behind this file.
import type { Backend } from '../protocol/control.ts';
import { PoolError } from '../protocol/errors.ts';
import { type Identity, identityOf } from '../protocol/identity.ts';
import { loadOrtRuntime, type OrtRuntime } from './engine/ort-runtime.ts';
import { ChatHost } from './worker/chat-host.ts';
import { serveRpc } from './worker/rpc.ts';
import { StageHost } from './worker/stage-host.ts';
import { startBackend } from './worker/start-backend.ts';
import type { WorkerEvents, WorkerMethods } from './worker/worker-api.ts';

let backend: Backend | undefined;
let own: Identity | undefined;
let stage: StageHost | undefined;
let chat: ChatHost | undefined;

function runtime(): Promise<OrtRuntime> {
  if (!backend) throw new PoolError('internal', 'The backend was not started.');
  return loadOrtRuntime(backend);
}

function identity(): Identity {
  if (!own) throw new PoolError('internal', 'The worker was given no keys.');
  return own;
}

const stageHost = (): StageHost => {
  stage ??= new StageHost(runtime, identity, tell);
  return stage;
};

const chatHost = (): ChatHost => {
  chat ??= new ChatHost(identity, tell);
  return chat;
};

const methods: WorkerMethods = {
  'start-identity': async ({ keys }) => {
    own = await identityOf(keys);
  },
  'start-backend': async ({ backend: wish }) => {
    const choice = await startBackend(wish);
    backend = choice.backend;
    return choice;
  },
  'read-model': (source) => stageHost().readModel(source),
  'probe-layer': () => stageHost().probe(),
  'load-stage': (assignment) => stageHost().load(assignment),
  'serve-epoch': async ({ epoch }) => stageHost().serve(epoch),
  'add-link': (offer) => (chat ? chat.links : stageHost().links).add(offer),
  'retire-epoch': ({ epoch }) => stageHost().retire(epoch),
  'start-driver': (params) => chatHost().start(params),
  'use-coalition': async (coalition) => chatHost().use(coalition),
  'drop-coalition': async ({ epoch, error }) => chatHost().drop(epoch, PoolError.from(error)),
  ask: ({ id, request }) => chatHost().ask(id, request),
  cancel: async ({ id }) => chatHost().cancel(id),
};

const tell = serveRpc<WorkerEvents>(self as never, methods);
