// What the client of a chat signed for in an epoch whose seat does not show it, and a seat of another epoch does: it is due there. So a
// client gains nothing by what epoch it names, and of those who are gone without a receipt whoever computed it again is paid. Pure.
import type { PeerId } from '../../protocol/ids.ts';
import { countAll, intersectRanges, type Range, subtractRanges } from './count-cells.ts';
import { dueIn } from './due-in.ts';
import type { PlacedEpoch } from './place-receipts.ts';
import type { Delivery } from './settlement-types.ts';

export interface Stray {
  /** Who was named; undefined in an epoch that was not used. */
  named: PeerId | undefined;
  shownBy: PeerId;
  /** Where that one shows it. */
  epoch: number;
  /** Layers `[start, end)`. */
  start: number;
  end: number;
  /** Positions. */
  prompt: number;
  tokens: number;
}

/** In the order of use whoever shows it first is paid. */
export function strayCells(epochs: readonly PlacedEpoch[], delivery: Delivery): Stray[] {
  const named = new Set(delivery.choices.flatMap((choice) => choice.map(({ epoch }) => epoch)));
  const cuts = new Set(epochs.flatMap(({ seats }) => seats.flatMap(({ start, end }) => [start, end])));
  const edges = [...cuts].sort((a, b) => a - b);
  return [...named].flatMap((epoch) => {
    const due = dueIn(epoch, delivery);
    const own = epochs.find(({ used }) => used.epoch === epoch);
    return edges.slice(1).flatMap((end, index) => straysOf({ due, own, epochs, start: edges[index]!, end }));
  });
}

interface Slab {
  due: { prompt: Range[]; tokens: Range[] };
  own: PlacedEpoch | undefined;
  epochs: readonly PlacedEpoch[];
  /** Layers `[start, end)`, which are one seat's in each epoch. */
  start: number;
  end: number;
}

function straysOf({ due, own, epochs, start, end }: Slab): Stray[] {
  const named = own && showing(own, start);
  let prompt = subtractRanges(due.prompt, named?.shown ?? []);
  let tokens = subtractRanges(due.tokens, named?.shown ?? []);
  return epochs.flatMap((other) => {
    const found = other === own ? undefined : showing(other, start);
    if (!found || found.shown.length === 0) return [];
    const hits = { prompt: intersectRanges(prompt, found.shown), tokens: intersectRanges(tokens, found.shown) };
    prompt = subtractRanges(prompt, found.shown);
    tokens = subtractRanges(tokens, found.shown);
    const counts = { prompt: countAll(hits.prompt), tokens: countAll(hits.tokens) };
    const where = { named: named?.peer, shownBy: found.peer, epoch: other.used.epoch, start, end };
    return counts.prompt + counts.tokens > 0 ? [{ ...where, ...counts }] : [];
  });
}

function showing({ seats, shown }: PlacedEpoch, layer: number): { peer: PeerId; shown: readonly Range[] } | undefined {
  const seat = seats.find(({ start, end }) => start <= layer && layer < end);
  return seat && { peer: seat.peer, shown: [...(shown.get(seat.peer)?.values() ?? [])] };
}
