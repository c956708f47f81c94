// Reads the frames that pass a wire within a page, tells of those that carry an answer, and holds all of them back for as long as
// somebody wants to watch.
import { FRAGMENT_MAGIC } from '../../protocol/fragment.ts';
import { decodeFrame } from '../../protocol/frame.ts';
import { FrameJoiner } from '../../protocol/frame-joiner.ts';
import type { BridgeWatch } from '../links/port-bridge.ts';

/** A stage by its number; who asks is -1. */
export type HopEnd = number;
export const ASKER: HopEnd = -1;

export interface Hop {
  from: HopEnd;
  to: HopEnd;
  /** Tokens of the prompt on their way in, hidden states between stages, ids on their way out. */
  kind: 'step' | 'hidden' | 'result';
  /** The whole frame’s. */
  bytes: number;
  tokens: number;
  /** What the stage that sent it spent inside the model, milliseconds. */
  computeMs?: number;
}

/** How long each message is held back; shared by the wires of a page. */
export class HoldBack {
  #ms = 0;
  readonly #held = new Set<() => void>();

  /** 0 lets all go that is held. */
  set(ms: number): void {
    this.#ms = ms;
    if (ms === 0) for (const go of [...this.#held]) go();
  }

  wait(): Promise<void> | undefined {
    if (this.#ms === 0) return undefined;
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#held.delete(go);
        resolve();
      };
      const timer = setTimeout(go, this.#ms);
      this.#held.add(go);
    });
  }
}

/** Both ends of a wire; the first one is end 0 of its bridge. */
export function watchHops(
  ends: readonly [HopEnd, HopEnd],
  { holdBack, onHop }: { holdBack: HoldBack; onHop(hop: Hop): void },
): BridgeWatch {
  const joiners = ([0, 1] as const).map((side) => {
    const [from, to] = [ends[side], ends[1 - side]!];
    return new FrameJoiner((bytes) => {
      const hop = readHop(from, to, bytes);
      if (hop) onHop(hop);
    });
  });
  return {
    onMessage(side, message) {
      // Proofs and pings are no part of an answer, and a link that answers late is taken for a long one.
      if (message[0] !== FRAGMENT_MAGIC) return undefined;
      joiners[side]!.push(message);
      return holdBack.wait();
    },
  };
}

function readHop(from: HopEnd, to: HopEnd, bytes: Uint8Array): Hop | undefined {
  const { kind, tokens, trace } = decodeFrame(bytes);
  if (kind !== 'step' && kind !== 'hidden' && kind !== 'result') return undefined;
  // The entry tells who asks what it has begun: a copy of what goes into its own layers.
  if (kind === 'step' && from !== ASKER) return undefined;
  const spent = trace.find(({ stage }) => stage === from);
  const computeMs = spent && { computeMs: spent.computeMicros / 1000 };
  return { from, to, kind, bytes: bytes.byteLength, tokens, ...computeMs };
}
