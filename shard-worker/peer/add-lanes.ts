// Asks for the further connections of a long link. The link goes on without those that do not come.
import type { PeerId } from '../../protocol/ids.ts';
import type { Broker } from '../host/host.ts';

/** `lanes` in all, the first included. */
export function addLanes(broker: Pick<Broker, 'connect'>, peer: PeerId, epoch: number, lanes: number): void {
  // One after another: each has a whole exchange of candidates, and the link is in use meanwhile.
  void (async () => {
    for (let lane = 1; lane < lanes; lane++) await broker.connect(peer, epoch, lane).catch(() => {});
  })();
}
