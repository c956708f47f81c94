// What a peer takes from its surroundings, as one port: workers, sockets, WebRTC, kept keys. Types alone. A browser's is
// `browser-host.ts`; `test-host.ts` is the fake beside it, with which a whole tab runs in a unit test.
import type { ServerMessage } from '../../protocol/control.ts';
import type { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { StatedDevice } from '../../protocol/lend-memory.ts';
import type { SentinelEvents, SentinelMethods } from '../sentinel/sentinel-api.ts';
import type { Fingerprints } from '../words/fingerprints.ts';
import type { RpcClient } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import type { UnfinishedShelf } from './keep-unfinished.ts';

export interface Host {
  /** The site that the page came from: for peers that are told no other. */
  readonly origin: string;
  readonly device: StatedDevice;
  fetch(url: URL): Promise<Response>;
  openSocket(url: string): HostSocket;
  /** Starts a worker program: one peer's, with a backend and a model of its own. */
  spawnWorker(): HostWorker;
  /** Starts a sentinel: the pulses of one peer's links. */
  spawnSentinel(): HostSentinel;
  openBroker(options: BrokerOptions): Broker;
  /** Rejects only where no keys can be made at all. */
  keepIdentity(): Promise<KeptIdentity>;
  /** Key pairs of all peers that are kept here, in use or not. */
  keptKeys(): Promise<CryptoKeyPair[]>;
  readonly unfinished: UnfinishedShelf;
}

/** A socket that carries texts. It is connecting when it is given out. */
export interface HostSocket {
  readonly isOpen: boolean;
  send(text: string): void;
  close(): void;
  onMessage(listener: (text: string) => void): void;
  /** Told once: it could not be opened, broke, or was closed by either side. */
  onClose(listener: () => void): void;
}

export interface HostWorker extends Pick<RpcClient<WorkerMethods, WorkerEvents>, 'call' | 'on'> {
  /** Hands a channel over; must run in the task that created it. Resolves and rejects as `add-link` does. */
  addLink(brokered: BrokeredChannel): Promise<void>;
  /** The program stopped by itself, or had to be stopped; calls that wait were rejected with the same error. */
  onEnd(listener: (error: PoolError) => void): void;
  /** Ends the program; calls that wait are rejected with `cancelled`. */
  terminate(): void;
}

/** Says of a tab's links whether their other ends answer, whatever page and worker are at. */
export interface HostSentinel extends Pick<RpcClient<SentinelMethods, SentinelEvents>, 'on'> {
  /** Hands a link's pulse over, by its connection's number; must run in the task that created it. */
  watch(id: number, pulse: RTCDataChannel): void;
  unwatch(id: number): void;
  /** The program stopped: this tab answers no pulse any more. */
  onEnd(listener: (error: PoolError) => void): void;
  terminate(): void;
}

/** What a connection itself knows, while page and worker may be busy. */
export interface ConnectionVitals {
  /** The path's round trip as ICE measured it last, milliseconds. */
  rttMs?: number;
  /** Since the last packet of any kind came, milliseconds. */
  packetAgeMs?: number;
}

/** Makes raw channels to other peers. */
export interface Broker {
  /** Resolves when other peers can reach this one. */
  open(): Promise<void>;
  /** Asks a peer for a channel of an epoch, or for another lane of one. `onChannel` gets it; rejects with `link-failed`. */
  connect(to: PeerId, epoch: number, lane?: number): Promise<void>;
  /** Is connected to these, as far as they can be reached: a link to or from one of them is there at once then. To no others. */
  hold(peers: readonly PeerId[]): void;
  /** The server is there, and from now on lets it in with this token: a socket that broke is opened again at once. */
  renew(token: string): void;
  /** The server is away: no more tries until the token is renewed. */
  rest(): void;
  close(): void;
}

export interface BrokerOptions {
  self: PeerId;
  /** The site's origin: the broker is part of the same server. */
  origin: string;
  iceServers: (ServerMessage & { type: 'welcome' })['iceServers'];
  /** What the control socket told this peer: with it, and only so, it gets its id. */
  token: string;
  /** Called synchronously where the channel is created. */
  onChannel(channel: BrokeredChannel): void;
}

export interface BrokeredChannel {
  /** Counts up per broker. */
  id: number;
  peer: PeerId;
  epoch: number;
  direction: 'in' | 'out';
  /** 0 for a link's first connection. */
  lane: number;
  channel: RTCDataChannel;
  /** Beside a first connection's channel: for the sentinels of both ends. */
  pulse?: RTCDataChannel;
  vitals(): Promise<ConnectionVitals>;
  /** Hashes of the two certificates that secure the connection. */
  fingerprints: Fingerprints;
  /** Its other end has shown who it is. */
  proved(): void;
  /** This link is over and its channels are closed: the connection is kept for another one for a while, if it is fit. */
  release(isFit: boolean): void;
  /** Closes the whole connection, with all links that run over it: its other end is gone. */
  close(): void;
}

export interface KeptIdentity {
  keys: CryptoKeyPair;
  /** Another tab may be this peer from now on. */
  release(): void;
}
