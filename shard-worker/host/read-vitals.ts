// What a connection's own statistics say of the path and of the other end: the browser's network thread keeps them while page and
// worker are busy.
import type { ConnectionVitals } from './host.ts';

/**
 * Reads the candidate pair in use. Gives an empty object where the browser does not say.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#candidatepair-dict*
 */
export async function readVitals(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<ConnectionVitals> {
  const stats = [...((await connection.getStats()) as ReadonlyMap<string, Entry>).values()];
  const pairs = stats.filter(({ type }) => type === 'candidate-pair');
  const selected = stats.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pair = pairs.find(({ id, selected: isSelected }) => (selected === undefined ? isSelected : id === selected));
  if (!pair) return {};
  const { currentRoundTripTime: seconds, lastPacketReceivedTimestamp: receivedMs, timestamp } = pair;
  return {
    ...(seconds === undefined ? {} : { rttMs: seconds * 1000 }),
    ...(receivedMs === undefined ? {} : { packetAgeMs: Math.max(0, timestamp - receivedMs) }),
  };
}

/** What is looked at of any entry. */
interface Entry {
  type: string;
  id: string;
  timestamp: number;
  selectedCandidatePairId?: string;
  /** Firefox has no transports; it marks the pair. */
  selected?: boolean;
  currentRoundTripTime?: number;
  lastPacketReceivedTimestamp?: number;
}
