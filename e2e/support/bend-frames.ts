// Makes a tab lie: in its worker's frames of one kind the first id goes out counted one up, over real data channels. What the tab computes with is as before.
import type { Page } from '@playwright/test';

export interface Bend {
  /** By its number in docs/PROTOCOL.md. */
  kind: number;
  /** Who links after `markKnown` hears the truth. */
  onlyToKnown?: boolean;
}

const workerOf = (tab: Page) => tab.workers().find((each) => each.url().includes('worker'))!;

/** Whoever is linked now is known. */
export async function markKnown(tab: Page): Promise<void> {
  await workerOf(tab).evaluate(() => {
    const known = new Set<RTCDataChannel>();
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      known.add(this);
      send.call(this, data);
    };
    Object.assign(globalThis, { knownChannels: known });
  });
  // Pulses go over each channel.
  await tab.waitForTimeout(3_000);
  await workerOf(tab).evaluate(() => {
    const { knownChannels } = globalThis as unknown as { knownChannels: Set<RTCDataChannel> };
    Object.assign(globalThis, { knownChannels: new Set(knownChannels) });
  });
}

/** From now on. Counts, as `bentFrames`, what it has changed. */
export async function bendFrames(tab: Page, bend: Bend): Promise<void> {
  await workerOf(tab).evaluate(({ kind, onlyToKnown }) => {
    const FRAGMENT = 16;
    const HEADER = 40;
    const TRACE = 24;
    const told = globalThis as unknown as { knownChannels?: Set<RTCDataChannel>; bentFrames: number };
    told.bentFrames = 0;
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      const message = ArrayBuffer.isView(data as ArrayBufferView)
        ? new Uint8Array((data as Uint8Array).buffer, (data as Uint8Array).byteOffset, (data as Uint8Array).byteLength)
        : new Uint8Array(data as ArrayBuffer);
      const isFrame = message[0] === 0xca && message[FRAGMENT] === 0xc9 && message[FRAGMENT + 2] === kind;
      if (!isFrame || (onlyToKnown && !told.knownChannels?.has(this))) return send.call(this, data);
      const bent = message.slice();
      const view = new DataView(bent.buffer);
      // The prompt is as it was.
      if (view.getUint16(FRAGMENT + 20, true) !== 1) return send.call(this, data);
      const at = FRAGMENT + HEADER + TRACE * view.getUint8(FRAGMENT + 23);
      view.setInt32(at, view.getInt32(at, true) + 1, true);
      told.bentFrames++;
      send.call(this, bent as never);
    };
  }, bend);
}

export const bentFrames = (tab: Page): Promise<number> =>
  workerOf(tab).evaluate(() => (globalThis as unknown as { bentFrames: number }).bentFrames);
