// Runs in every page of the lab before the page's own scripts: remote candidates pass the lab before the browser hears of
// them, and local ones are told to it. Self-contained, because it is sent to the page as text. Any number of
// RTCPeerConnections is treated alike.

/** The function that a page of the lab has on `window`. */
export const BINDING = '__lab';

/**
 * What it is called with. `own`: a local candidate, told before any other page can hear of it. `candidate` and
 * `description`: from afar; the answer is what the browser may know of it, a candidate that it must not know is ''.
 */
export type LabCall = ['own' | 'candidate' | 'description', string];

export function installCandidateScript(): void {
  const call = (...args: LabCall) => (window as unknown as { __lab(...args: LabCall): Promise<string> }).__lab(...args);
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
}
