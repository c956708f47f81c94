// A user-space UDP relay on the loopback that stands between browser tabs: every packet of a connection crosses it once
// per direction and is delayed, dropped or made to queue. Like a NAT, it has one outgoing socket per flow, and what comes
// back there goes back where the flow came from. Knows nothing of what it carries.
import { createSocket, type Socket } from 'node:dgram';
import { seededRandom } from '../../protocol/test-random.ts';
import { DelayMeter, type DelayStats } from './delay-meter.ts';
import { DueQueue } from './due-queue.ts';
import { DueTimer } from './due-timer.ts';
import { Lane } from './lane.ts';
import { DIRECT, type LinkShape } from './link-shape.ts';
import type { Address } from './rewrite-candidate.ts';

const HOST = '127.0.0.1';
/** A run has some dozens of connections with a few candidates each. */
const MAX_DOORS = 4096;
/** Each local candidate of one tab may try one candidate of another. */
const MAX_FLOWS_PER_DOOR = 64;
/** 50 MB/s over 100 ms in packets of 1,200 bytes are some 4,000. */
const MAX_WAITING_PACKETS = 100_000;
/** The kernel's default holds a frame of 164 KB just so. It gives less where less is allowed. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Where one tab's packets to one candidate of another enter. */
interface Door {
  socket: Socket;
  target: Address;
  link: string;
  flows: Map<string, Flow>;
}

interface Flow {
  out: Socket;
  forth: Lane;
  back: Lane;
}

interface Parcel {
  bytes: Uint8Array;
  socket: Socket;
  to: Address;
  arrivedMs: number;
}

export interface RelayStats {
  /** What the relay gave, from a packet's arrival to its departure. */
  delay: DelayStats;
  received: number;
  sent: number;
  /** By the loss that was asked for, or at a full queue. */
  dropped: number;
  bytes: number;
}

export class Relay {
  readonly #seed: number;
  readonly #doors = new Map<string, Promise<Door>>();
  readonly #shapes = new Map<string, LinkShape>();
  readonly #waiting = new DueQueue<Parcel>();
  readonly #timer = new DueTimer(() => this.#flush());
  readonly #meter = new DelayMeter();
  readonly #counts = { received: 0, sent: 0, dropped: 0, bytes: 0 };
  #shape: LinkShape = DIRECT;
  #lanes = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The port that stands for `target` in the eyes of one tab; the same one when asked again. */
  async open(target: Address, link: string): Promise<number> {
    const key = `${link} ${target.host}:${target.port}`;
    if (!this.#doors.has(key) && this.#doors.size >= MAX_DOORS) throw new RangeError('The relay has no more doors.');
    const opened = this.#doors.get(key) ?? this.#openDoor(target, link);
    this.#doors.set(key, opened);
    return (await opened).socket.address().port;
  }

  /** From the next packet on; of one link, or of all that have no shape of their own. */
  reshape(shape: LinkShape, link?: string): void {
    if (link === undefined) this.#shape = shape;
    else this.#shapes.set(link, shape);
  }

  stats(): RelayStats {
    return { delay: this.#meter.stats(), ...this.#counts };
  }

  /** Counts begin anew. */
  reset(): void {
    this.#meter.reset();
    Object.assign(this.#counts, { received: 0, sent: 0, dropped: 0, bytes: 0 });
  }

  async close(): Promise<void> {
    this.#timer.clear();
    for (const opened of this.#doors.values()) {
      const { socket, flows } = await opened;
      socket.close();
      for (const { out } of flows.values()) out.close();
    }
    this.#doors.clear();
  }

  async #openDoor(target: Address, link: string): Promise<Door> {
    const door: Door = { socket: await bind(), target, link, flows: new Map() };
    door.socket.on('message', (bytes, from) => {
      const flow = this.#flowOf(door, { host: from.address, port: from.port });
      if (flow) this.#pass({ bytes, socket: flow.out, to: target }, flow.forth, link);
    });
    return door;
  }

  #flowOf(door: Door, source: Address): Flow | undefined {
    const key = `${source.host}:${source.port}`;
    const known = door.flows.get(key);
    if (known || door.flows.size >= MAX_FLOWS_PER_DOOR) return known;
    const out = newSocket();
    const flow: Flow = { out, forth: this.#newLane(), back: this.#newLane() };
    door.flows.set(key, flow);
    out.on('message', (bytes) => this.#pass({ bytes, socket: door.socket, to: source }, flow.back, door.link));
    // What is sent before the socket is bound waits in it.
    out.bind(0, HOST);
    return flow;
  }

  #newLane(): Lane {
    return new Lane(seededRandom(this.#seed + this.#lanes++));
  }

  #pass(packet: Omit<Parcel, 'arrivedMs'>, lane: Lane, link: string): void {
    const arrivedMs = performance.now();
    this.#counts.received++;
    const shape = this.#shapes.get(link) ?? this.#shape;
    const dueMs = lane.admit(shape, arrivedMs, packet.bytes.byteLength);
    if (dueMs === undefined || this.#waiting.size >= MAX_WAITING_PACKETS) {
      this.#counts.dropped++;
      return;
    }
    const parcel = { ...packet, arrivedMs };
    if (dueMs <= arrivedMs) this.#send(parcel);
    else {
      this.#waiting.push(dueMs, parcel);
      this.#timer.set(this.#waiting.nextMs);
    }
  }

  #flush(): void {
    for (let next = this.#waiting.take(performance.now()); next; next = this.#waiting.take(performance.now())) {
      this.#send(next);
    }
    this.#timer.set(this.#waiting.nextMs);
  }

  #send({ bytes, socket, to, arrivedMs }: Parcel): void {
    socket.send(bytes, to.port, to.host);
    this.#meter.add(performance.now() - arrivedMs);
    this.#counts.sent++;
    this.#counts.bytes += bytes.byteLength;
  }
}

/** Addresses are numbers already: nothing is looked up, so that `send` hands a packet to the kernel at once. */
function newSocket(): Socket {
  const socket = createSocket({
    type: 'udp4',
    lookup: (host, _options, callback) => callback(null, host, 4),
  });
  // A tab that has gone answers with ICMP; its packets are nobody's then.
  socket.on('error', () => {});
  socket.on('listening', () => {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  });
  return socket;
}

async function bind(): Promise<Socket> {
  const socket = newSocket();
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  return socket;
}
