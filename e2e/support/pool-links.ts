// For scripts in a page that are a peer without the product's pages: waits for a coalition and opens proved links to its
// entry and exit, with the product's own control client, broker and links.
import { type Coalition, parseServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, type ModelRef, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { DRIVER_LANES } from '../../protocol/limits.ts';
import { ChannelBroker } from '../../shard-worker/host/channel-broker.ts';
import type { HostWorker } from '../../shard-worker/host/host.ts';
import type { ChannelLink } from '../../shard-worker/links/channel-link.ts';
import { addLanes } from '../../shard-worker/peer/add-lanes.ts';
import { ControlClient } from '../../shard-worker/peer/control-client.ts';
import { LinkWatch } from '../../shard-worker/peer/link-watch.ts';
import { controlUrl } from '../../shard-worker/peer/site.ts';
import { LinkTable } from '../../shard-worker/worker/link-table.ts';
import { pageSentinel } from './page-sentinel.ts';

export interface PoolLinks {
  self: PeerId;
  /** A grant for one session of so many positions as were asked for. */
  grant: string;
  /** Another one, for a prompt of exactly this length. */
  askAgain(promptTokens?: number): Promise<string>;
  /** What the grant was for is over: the next ask finds room. Stages compute no more for it, and are paid by what they agree on. */
  done(grant: string): void;
  orchestratorKey: string;
  identity: Identity;
  coalition: Coalition;
  entry: ChannelLink;
  /** The same link as `entry` where one stage holds everything. */
  exit: ChannelLink;
}

/** A machine that is busy measures long round trips, and the planner then wants no ring: it measures again. */
const ASK_TRIES = 15;
const ASK_AGAIN_MS = 1000;

/** `order` is what the server is asked to hold credits for. */
export async function openPoolLinks(
  origin: string,
  model: ModelRef,
  order: { promptTokens: number; maxTokens: number } = { promptTokens: 64, maxTokens: 512 },
): Promise<PoolLinks> {
  const keys = await newIdentityKeys();
  const identity = await identityOf(keys);
  return new Promise((resolve, reject) => {
    let broker: ChannelBroker | undefined;
    let ready: { coalition: Coalition; ticket: string } | undefined;
    let orchestratorKey = '';
    let granted: string | undefined;
    const asks = new Map<number, { resolve(grant: string): void; reject(error: PoolError): void }>();
    const jobs = new Map<string, JobId>();
    const done = (grant: string): void => {
      const job = jobs.get(grant);
      if (!job) return;
      jobs.delete(grant);
      control.send({ type: 'ask-done', job, promptTokens: 0, cachedTokens: 0, completionTokens: 0 });
    };
    const askOnce = (promptTokens: number): Promise<string> =>
      new Promise((resolveAsk, rejectAsk) => {
        const ask = asks.size + 1;
        asks.set(ask, { resolve: resolveAsk, reject: rejectAsk });
        control.send({ type: 'ask', ask, pool: poolIdOf(model), ...order, promptTokens });
      });
    const askFor = async (promptTokens = order.promptTokens): Promise<string> => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await askOnce(promptTokens);
        } catch (error) {
          if (attempt === ASK_TRIES) throw error;
          await new Promise((resolveWait) => setTimeout(resolveWait, ASK_AGAIN_MS));
        }
      }
    };
    const links = new LinkTable({
      identity: () => identity,
      trust: { orchestratorKey: () => orchestratorKey },
      ticketOf: () => ready?.ticket,
      onReady: () => {},
      onClosed: ({ id }) => watch.remove(id),
      onProved: (id) => watch.proved(id),
      onLong: ({ peer, epoch }) => addLanes(broker!, peer, epoch, DRIVER_LANES),
    });
    // Without it stages hear no pulse of this page, and close their links to it after half a minute.
    const watch = new LinkWatch({
      worker: { call: callOf(links) },
      sentinel: pageSentinel,
      pool: poolIdOf(model),
      send: (message) => control.send(message),
      onLate: () => {},
    });
    const finish = () => {
      const { seats = [], epoch = 0 } = ready?.coalition ?? {};
      const entry = seats[0] && links.get(epoch, 'out', seats[0].peer);
      const exit = seats[0] && links.get(epoch, 'out', seats.at(-1)!.peer);
      if (!ready || !entry || !exit || !granted) return;
      resolve({
        ...{ self: identity.peer, coalition: ready.coalition, entry, exit, identity, orchestratorKey },
        ...{ grant: granted, askAgain: askFor, done },
      });
    };
    const control = new ControlClient(
      controlUrl(origin),
      keys,
      {
        onWelcome: (welcome) => {
          orchestratorKey = welcome.orchestratorKey;
          broker = new ChannelBroker({
            self: welcome.peer,
            origin,
            iceServers: [],
            token: welcome.brokerToken,
            onChannel: (brokered) => {
              watch.add(brokered);
              links.add(brokered).then(finish, reject);
            },
          });
          control.send({ type: 'watch', pool: poolIdOf(model) });
        },
        onMessage: (message) => {
          if (message.type === 'probe') control.send({ type: 'present', at: message.at });
          if (message.type === 'ask-refused') asks.get(message.ask)?.reject(PoolError.from(message.error));
          if (message.type === 'ask-granted') {
            const { ask, job, grant } = message;
            if (grant === undefined) {
              asks.get(ask)?.reject(new PoolError('grant-refused', 'The plan is for this page alone.'));
              return;
            }
            jobs.set(grant, job);
            asks.get(ask)?.resolve(grant);
          }
          if (message.type !== 'coalition' || message.coalition.state !== 'ready' || ready) return;
          ready = { coalition: message.coalition, ticket: message.ticket };
          askFor().then((grant) => {
            granted = grant;
            finish();
          }, reject);
          const ends = new Set([ready.coalition.seats[0]!.peer, ready.coalition.seats.at(-1)!.peer]);
          for (const peer of ends) broker!.connect(peer, ready.coalition.epoch).catch(reject);
        },
        onDown: reject,
        vitals: () => ({ sessions: 0, tokens: 0 }),
      },
      { read: parseServerMessage },
    );
  });
}

/** What a watch asks of a worker, where there is none: the page holds the links itself. */
const callOf = (links: LinkTable): HostWorker['call'] =>
  (async (method: string, { id, ms }: { id: number; ms: number }) => {
    if (method === 'close-link') links.close(id);
    if (method === 'note-distance') links.noteDistance(id, ms);
  }) as HostWorker['call'];
