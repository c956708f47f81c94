// Runs in every page of the lab before the page's own scripts: remote candidates pass the lab before the browser hears of
// them, and local ones are told to it. Any number of RTCPeerConnections is treated alike.
import { BINDING, type LabCall } from './lab-call.ts';

const call = (...args: LabCall): Promise<string> =>
  (window as unknown as Record<string, (...args: LabCall) => Promise<string>>)[BINDING]!(...args);
const { prototype } = RTCPeerConnection;
// Without the forms with callbacks, which nobody here uses.
const { addIceCandidate, setRemoteDescription, setLocalDescription } = prototype as {
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
};
const watched = new WeakSet<RTCPeerConnection>();
/** What is still on its way to the browser, per connection: later calls must not overtake it. */
const pending = new WeakMap<RTCPeerConnection, Promise<unknown>>();

function inOrder(connection: RTCPeerConnection, work: () => Promise<void>): Promise<void> {
  const done = (pending.get(connection) ?? Promise.resolve()).then(work);
  const settled = done.catch(() => {});
  pending.set(connection, settled);
  return done;
}

Object.assign(prototype, {
  setLocalDescription(this: RTCPeerConnection, description?: RTCLocalSessionDescriptionInit) {
    if (!watched.has(this)) {
      watched.add(this);
      this.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate?.candidate) void call('own', candidate.candidate);
      });
    }
    return setLocalDescription.call(this, description);
  },
  addIceCandidate(this: RTCPeerConnection, given?: RTCIceCandidateInit | null) {
    return inOrder(this, async () => {
      if (!given?.candidate) return addIceCandidate.call(this, given);
      const candidate = await call('candidate', given.candidate);
      const { sdpMid, sdpMLineIndex, usernameFragment } = given;
      if (candidate) await addIceCandidate.call(this, { candidate, sdpMid, sdpMLineIndex, usernameFragment });
    });
  },
  setRemoteDescription(this: RTCPeerConnection, { type, sdp }: RTCSessionDescriptionInit) {
    return inOrder(this, async () => {
      const isBare = !sdp?.includes('a=candidate:');
      await setRemoteDescription.call(this, isBare ? { type, sdp } : { type, sdp: await call('description', sdp!) });
    });
  },
});
