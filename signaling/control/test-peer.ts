// A peer for tests: a real socket, a real key, and an inbox that can be waited on. Used by tests only.
import WebSocket from 'ws';
import type { ClientMessage, Coalition, ServerMessage } from '../../protocol/control.ts';
import { parseServerMessage } from '../../protocol/control.ts';
import { newIdentityKeys, signHello } from '../../protocol/identity.ts';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { CONTROL_PATH } from './control-socket.ts';

const WAIT_MS = 60_000;

export class TestPeer {
  readonly socket: WebSocket;
  readonly inbox: ServerMessage[] = [];
  readonly closed: Promise<number>;
  peer = '' as PeerId;
  brokerToken = '';
  /** What tickets and grants of this server are signed with. */
  orchestratorKey = '';
  #waiting: (() => void)[] = [];

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws') + CONTROL_PATH, options);
    this.socket.on('message', (data) => {
      this.inbox.push(parseServerMessage(data.toString()));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('error', () => {});
  }

  /** Connects and says hello, by default with a fresh key. */
  static async join(url: string, keys?: CryptoKeyPair, options?: WebSocket.ClientOptions): Promise<TestPeer> {
    const peer = new TestPeer(url, options);
    const { nonce } = await peer.next('challenge');
    const { host, publicKey, signature } = await signHello(keys ?? (await newIdentityKeys()), new URL(url).host, nonce);
    peer.send({ type: 'hello', version: PROTOCOL_VERSION, host, publicKey, signature });
    const welcome = await peer.next('welcome');
    peer.peer = welcome.peer;
    peer.brokerToken = welcome.brokerToken;
    peer.orchestratorKey = welcome.orchestratorKey;
    return peer;
  }

  send(message: ClientMessage): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string | Uint8Array): void {
    this.socket.send(text);
  }

  offer(manifest: ModelManifest = manifestOf()): void {
    const capability = { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'test' } as const;
    this.send({ type: 'offer', pool: poolIdOf(DEFAULT_MODEL), manifest, capability });
  }

  watch(): void {
    this.send({ type: 'watch', pool: poolIdOf(DEFAULT_MODEL) });
  }

  ready(epoch: number): void {
    this.send({ type: 'stage-ready', pool: poolIdOf(DEFAULT_MODEL), epoch, msPerLayer: 1 });
  }

  /** Takes the first message of a type that fits out of the inbox, waiting for it if need be. */
  async next<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Extract<ServerMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ServerMessage, { type: T }>> {
    const deadlineMs = performance.now() + WAIT_MS;
    for (;;) {
      const index = this.inbox.findIndex(
        (one) => one.type === type && fits(one as Extract<ServerMessage, { type: T }>),
      );
      if (index >= 0) return this.inbox.splice(index, 1)[0] as Extract<ServerMessage, { type: T }>;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) throw new Error(`No ${type} came. In the inbox: ${JSON.stringify(this.inbox)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, leftMs);
      });
    }
  }

  /** The next coalition in this state with so many seats. */
  async coalition(state: Coalition['state'], seats: number): Promise<Coalition> {
    const fits = ({ coalition }: { coalition: Coalition }): boolean =>
      coalition.state === state && coalition.seats.length === seats;
    return (await this.next('coalition', fits)).coalition;
  }
}
