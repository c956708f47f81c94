// What secures a connection that is up: hashes of the certificates of its two ends, as its descriptions name them.
import { fingerprintOf } from '../../protocol/link-proof.ts';
import type { Fingerprints } from '../words/fingerprints.ts';

/** Pace and bound of waiting for the descriptions of a connection that is already up. */
const DESCRIPTION_POLL_MS = 10;
const DESCRIPTION_POLLS = 300;

/**
 * DTLS is up when this is read, so the browser has checked the far certificate against the remote description. The
 * description itself may show a moment later: the channel opens on the network's thread, and `setRemoteDescription` ends
 * on the page's (seen in Chromium 156, three times in a hundred).
 */
export async function fingerprintsOf(connection: RTCPeerConnection): Promise<Fingerprints> {
  for (
    let poll = 0;
    poll < DESCRIPTION_POLLS && !(connection.localDescription && connection.remoteDescription);
    poll++
  ) {
    await new Promise((resolve) => setTimeout(resolve, DESCRIPTION_POLL_MS));
  }
  return {
    local: fingerprintOf(connection.localDescription?.sdp ?? ''),
    remote: fingerprintOf(connection.remoteDescription?.sdp ?? ''),
  };
}
