// A host without a browser: a whole tab runs on it in a unit test, which plays the server, the worker and the other peers by
// hand. Used by tests only.
import { type ClientMessage, parseClientMessage, type ServerMessage } from '../../protocol/control.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { newIdentityKeys, verifyHello } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { Unfinished } from '../words/unfinished.ts';
import type { Host, HostSocket, KeptIdentity } from './host.ts';
import type { UnfinishedShelf } from './keep-unfinished.ts';
import { TestBroker } from './test-broker.ts';
import { until } from './test-clock.ts';
import { TestSentinel } from './test-sentinel.ts';
import { TestWorker, type WorkerScript } from './test-worker.ts';

const NONCE = 'ab'.repeat(32);

/** The page's end of a control socket, and in a test's hands the server's. */
export class TestSocket implements HostSocket {
  readonly url: string;
  isOpen = true;
  /** All that the tab has said, read as the server reads it. */
  readonly heard: ClientMessage[] = [];
  readonly #messages: ((text: string) => void)[] = [];
  readonly #closers: (() => void)[] = [];

  constructor(url: string) {
    this.url = url;
  }

  /** A server that lives answers heartbeats. */
  send(text: string): void {
    const message = parseClientMessage(text);
    this.heard.push(message);
    if (message.type === 'heartbeat') queueMicrotask(() => this.say({ type: 'heartbeat-ack', at: message.at }));
  }

  onMessage(listener: (text: string) => void): void {
    this.#messages.push(listener);
  }

  onClose(listener: () => void): void {
    this.#closers.push(listener);
  }

  /** Closed by either side, or broken. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const closer of this.#closers) closer();
  }

  /** As the server says it. */
  say(message: ServerMessage): void {
    for (const listener of this.#messages) listener(JSON.stringify(message));
  }

  /** What it heard of one kind, in order. */
  told<Type extends ClientMessage['type']>(type: Type): (ClientMessage & { type: Type })[] {
    return this.heard.filter((message): message is ClientMessage & { type: Type } => message.type === type);
  }
}

const SITE: SiteConfig = {
  model: { repo: 'acme/tiny', revision: 'main', dtype: 'q4' },
  hubUrl: 'https://hub.example',
  siteModelsUrl: '/models',
  dtypes: ['q4'],
  version: '1',
};

export class TestHost implements Host {
  readonly origin = 'https://pool.example';
  readonly device = { deviceMemory: 8 };
  readonly workers: TestWorker[] = [];
  readonly sentinels: TestSentinel[] = [];
  readonly sockets: TestSocket[] = [];
  readonly brokers: TestBroker[] = [];
  /** For each worker that is started. */
  readonly script: WorkerScript;
  readonly unreachable = new Set<PeerId>();
  readonly identities: KeptIdentity[] = [];
  /** By peer: what pages that were closed have left. */
  readonly shelf = new Map<PeerId, Unfinished>();
  /** Keys that the next page finds; by default each has its own. */
  keys: CryptoKeyPair | undefined;
  readonly unfinished: UnfinishedShelf = {
    read: async (peer) => this.shelf.get(peer),
    write: async (peer, unfinished) => {
      if (unfinished) this.shelf.set(peer, unfinished);
      else this.shelf.delete(peer);
    },
  };
  /** Identities that were given back. */
  released = 0;
  isSiteUp = true;
  isBrokerUp = true;

  constructor(script: WorkerScript = {}) {
    this.script = script;
  }

  /** The last ones: a tab has one of each, and others after a retry or a reconnection. */
  get worker(): TestWorker {
    return this.workers.at(-1)!;
  }

  get sentinel(): TestSentinel {
    return this.sentinels.at(-1)!;
  }

  get socket(): TestSocket {
    return this.sockets.at(-1)!;
  }

  get broker(): TestBroker {
    return this.brokers.at(-1)!;
  }

  async fetch(url: URL): Promise<Response> {
    if (!this.isSiteUp) throw new TypeError('Failed to fetch');
    return url.pathname === '/api/config' ? Response.json(SITE) : new Response(null, { status: 404 });
  }

  openSocket(url: string): TestSocket {
    this.sockets.push(new TestSocket(url));
    return this.socket;
  }

  spawnWorker(): TestWorker {
    this.workers.push(new TestWorker(this.script));
    return this.worker;
  }

  spawnSentinel(): TestSentinel {
    this.sentinels.push(new TestSentinel());
    return this.sentinel;
  }

  openBroker(options: TestBroker['options']): TestBroker {
    this.brokers.push(new TestBroker(options, this));
    return this.broker;
  }

  async keepIdentity(): Promise<KeptIdentity> {
    const identity = { keys: this.keys ?? (await newIdentityKeys()), release: () => void this.released++ };
    this.identities.push(identity);
    return identity;
  }

  async keptKeys(): Promise<CryptoKeyPair[]> {
    return this.identities.map(({ keys }) => keys);
  }

  /** Challenges the tab on its next socket and welcomes it. Gives who it proved to be. */
  async welcome(): Promise<PeerId> {
    const before = this.sockets.filter(({ heard }) => heard.length > 0).length;
    await until(() => this.sockets.length > before);
    const { socket } = this;
    socket.say({ type: 'challenge', nonce: NONCE, version: PROTOCOL_VERSION });
    await until(() => socket.told('hello').length > 0);
    const peer = await verifyHello(socket.told('hello')[0]!, NONCE);
    socket.say({
      type: 'welcome',
      peer,
      iceServers: [],
      heartbeatMs: 10_000,
      orchestratorKey: 'BA',
      brokerToken: 'secret',
      nowSeconds: 1000,
    });
    return peer;
  }

  /** The connection of a link that this tab asked for is gone, as its worker tells it. */
  breakLink(peer: PeerId, epoch: number): void {
    const isIt = (link: { peer: PeerId; epoch: number; lane: number }) =>
      link.peer === peer && link.epoch === epoch && link.lane === 0;
    const { id, direction, lane } = this.broker.channels.findLast(isIt)!;
    this.worker.tell('link-closed', { id, epoch, peer, direction, lane });
  }
}
