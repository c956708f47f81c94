// One tab as a peer, whatever it does there: its worker, its keys, its control socket and its broker, each made once and
// ended together. What the server says and what channels are for is its owner's business.
import { type ClientMessage, parseServerMessage, type ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { identityOf, peerIdOf, rawPublicKeyOf, serverIdOf } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { type SignedPayout, signPayout } from '../../protocol/payout.ts';
import type { Broker, BrokeredChannel, Host, HostSentinel, HostWorker, KeptIdentity } from '../host/host.ts';
import { ServerTrust } from '../worker/server-trust.ts';
import { ControlClient, type ControlHandlers } from './control-client.ts';
import { fetchSiteConfig } from './fetch-site-config.ts';
import { controlUrl } from './site.ts';

export interface SessionHandlers extends Omit<ControlHandlers, 'onWelcome'> {
  /** After each (re)connection, when the worker has the server's key: say again what the server must know. */
  onWelcome(): void;
  /** A channel to another peer, in the task that created it. */
  onChannel(channel: BrokeredChannel): void;
  /** The worker does not take the server's key. */
  onFail(error: unknown): void;
}

export class PeerSession {
  readonly worker: HostWorker;
  readonly origin: string;
  readonly #host: Host;
  readonly #server = new ServerTrust();
  readonly #enders: ((error: PoolError) => void)[] = [];
  #sentinel: HostSentinel | undefined;
  #identity: KeptIdentity | undefined;
  #control: ControlClient | undefined;
  #broker: Broker | undefined;
  #isClosed = false;

  constructor(host: Host, origin: string = host.origin) {
    this.#host = host;
    this.origin = origin;
    this.worker = host.spawnWorker();
    this.worker.onEnd((error) => this.#tellEnd(error));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Started when it is first asked for. */
  get sentinel(): HostSentinel {
    if (!this.#sentinel) {
      this.#sentinel = this.#host.spawnSentinel();
      this.#sentinel.onEnd((error) => this.#tellEnd(error));
    }
    return this.#sentinel;
  }

  /** One of its programs stopped by itself, or had to be stopped: this tab computes, or answers pulses, no more. */
  onEnd(listener: (error: PoolError) => void): void {
    this.#enders.push(listener);
  }

  /** There from the first welcome on. */
  get broker(): Broker {
    if (!this.#broker) throw new PoolError('internal', 'The server has not said yet how peers reach one another.');
    return this.#broker;
  }

  /**
   * Who this tab is, and what the site says. Rejects with `link-failed`, `bad-message` or, once closed, `cancelled`.
   *
   * @param known what the page has heard of the site: then nobody is asked.
   */
  async open(known?: SiteConfig): Promise<{ self: PeerId; config: SiteConfig }> {
    const asked = known ?? fetchSiteConfig(this.origin, this.#host);
    const [config, self] = await Promise.all([asked, this.#identify()]);
    if (this.#isClosed) throw left();
    return { self, config };
  }

  /** Gives the worker this peer's keys. Comes after `open` and before all that is signed. */
  async introduce(): Promise<void> {
    await this.worker.call('start-identity', { keys: this.#opened().keys });
  }

  /** Connects to the server, and again whenever the connection breaks. Comes after `open`. */
  connect(handlers: SessionHandlers): void {
    if (this.#isClosed) return;
    this.#control = new ControlClient(
      controlUrl(this.origin),
      this.#opened().keys,
      {
        ...handlers,
        onWelcome: (welcome) => this.#welcome(welcome, handlers),
        onMessage: (message) => {
          // At once: that it comes is the answer.
          if (message.type === 'probe') this.send({ type: 'present', at: message.at });
          else handlers.onMessage(message);
        },
        onDown: (error, isFinal, away) => {
          this.#broker?.rest();
          handlers.onDown(error, isFinal, away);
        },
      },
      { read: parseServerMessage, open: (url) => this.#host.openSocket(url) },
    );
  }

  /** Dropped while there is no connection. */
  send(message: ClientMessage): void {
    this.#control?.send(message);
  }

  /** Where this peer wants to be paid, for the server that welcomed it last. Throws `bad-request` for what is no address. */
  async signPayout(address: string): Promise<SignedPayout> {
    const at = 1000 * this.#server.nowSeconds();
    const server = await serverIdOf(this.#server.orchestratorKey());
    return signPayout(await identityOf(this.#opened().keys), { server, address, at });
  }

  /** Says now what a heartbeat says. */
  beat(): void {
    this.#control?.beat();
  }

  /** Leaves the server, closes all connections and ends the worker. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#control?.close();
    this.#broker?.close();
    this.#sentinel?.terminate();
    this.worker.terminate();
    this.#identity?.release();
  }

  #tellEnd(error: PoolError): void {
    for (const ender of this.#enders) ender(error);
  }

  async #identify(): Promise<PeerId> {
    const identity = await this.#host.keepIdentity();
    if (this.#isClosed) {
      identity.release();
      throw left();
    }
    this.#identity = identity;
    return peerIdOf(await rawPublicKeyOf(identity.keys.publicKey));
  }

  #welcome(
    { peer, iceServers, orchestratorKey, brokerToken, nowSeconds }: ServerMessage & { type: 'welcome' },
    handlers: SessionHandlers,
  ): void {
    this.#server.learn({ orchestratorKey, nowSeconds });
    // Not waited for: calls to the worker keep their order.
    this.worker.call('trust-server', { orchestratorKey, nowSeconds }).catch((error) => {
      if (!this.#isClosed) handlers.onFail(error);
    });
    // A server that began anew has another one.
    this.#broker?.renew(brokerToken);
    this.#broker ??= this.#host.openBroker({
      self: peer,
      token: brokerToken,
      origin: this.origin,
      iceServers,
      onChannel: handlers.onChannel,
    });
    handlers.onWelcome();
  }

  #opened(): KeptIdentity {
    if (!this.#identity) throw new PoolError('internal', 'The session was not opened before it was used.');
    return this.#identity;
  }
}

const left = (): PoolError => new PoolError('cancelled', 'This tab left.');
