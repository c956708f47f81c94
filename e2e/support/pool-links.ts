// For scripts in a page that are a peer without the product's pages: waits for a coalition and opens proved links to its
// entry and exit, with the product's own control client, broker and links.
import type { Coalition } from '../../protocol/control.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { ModelRef, PeerId } from '../../protocol/ids.ts';
import { ChannelLink } from '../../shard-worker/links/channel-link.ts';
import { fromDataChannel } from '../../shard-worker/links/from-data-channel.ts';
import { ChannelBroker } from '../../shard-worker/peer/channel-broker.ts';
import { ControlClient } from '../../shard-worker/peer/control-client.ts';
import { controlUrl } from '../../shard-worker/peer/site.ts';

export interface PoolLinks {
  self: PeerId;
  coalition: Coalition;
  entry: ChannelLink;
  /** The same link as `entry` where one stage holds everything. */
  exit: ChannelLink;
}

export async function openPoolLinks(origin: string, model: ModelRef): Promise<PoolLinks> {
  const keys = await newIdentityKeys();
  const identity = await identityOf(keys);
  return new Promise((resolve, reject) => {
    const proved = new Map<PeerId, ChannelLink>();
    let broker: ChannelBroker | undefined;
    let coalition: Coalition | undefined;
    let self: PeerId | undefined;
    const finish = () => {
      const entry = proved.get(coalition!.seats[0]!.peer);
      const exit = proved.get(coalition!.seats.at(-1)!.peer);
      if (entry && exit) resolve({ self: self!, coalition: coalition!, entry, exit });
    };
    const control = new ControlClient(controlUrl(origin), keys, {
      onWelcome: ({ peer }) => {
        self = peer;
        broker = new ChannelBroker({
          self: peer,
          origin,
          iceServers: [],
          onChannel: ({ peer: stage, epoch, channel, fingerprints }) => {
            const options = { peer: stage, epoch, role: 'asker' as const, identity, fingerprints };
            const link = new ChannelLink({ ...options, channel: fromDataChannel(channel) });
            link.hello(coalition!.ticket).then(() => {
              proved.set(stage, link);
              finish();
            }, reject);
          },
        });
        control.send({ type: 'watch', model });
      },
      onMessage: (message) => {
        if (message.type !== 'coalition' || message.coalition.state !== 'ready' || coalition) return;
        coalition = message.coalition;
        const ends = new Set([coalition.seats[0]!.peer, coalition.seats.at(-1)!.peer]);
        for (const peer of ends) broker!.connect(peer, coalition.epoch).catch(reject);
      },
      onDown: reject,
      vitals: () => ({ sessions: 0, tokens: 0 }),
    });
  });
}
