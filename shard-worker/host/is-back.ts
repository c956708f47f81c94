// Whether the connection broker can be asked. PeerJS gives no connection while its own socket is closed.
import type { Peer } from 'peerjs';
import { LINK_TIMEOUT_MS } from '../../protocol/limits.ts';

/** Whether its socket is open, or opens in time. */
export function isBack(peer: Peer): Promise<boolean> {
  if (!peer.disconnected) return Promise.resolve(true);
  return new Promise((resolve) => {
    const deadline = setTimeout(() => done(false), LINK_TIMEOUT_MS);
    const onOpen = () => done(true);
    const done = (isOpen: boolean) => {
      clearTimeout(deadline);
      peer.off('open', onOpen);
      resolve(isOpen);
    };
    peer.on('open', onOpen);
  });
}
