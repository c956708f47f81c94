// Where the tokens are due that the client of a chat signed for. It may name what epoch it likes, and knows which ones were idle: what no
// seat of that one shows is due in the epoch of which all seats show it. Pure.
import type { PlacedEpoch } from './place-receipts.ts';
import type { Delivered, Delivery } from './settlement-types.ts';

/** `delivery` as `clampDelivery` gives it. */
export function placeDelivery(delivery: Delivery, epochs: readonly PlacedEpoch[]): Delivery {
  const reaches = new Map(epochs.map((placed) => [placed.used.epoch, Math.max(0, ...reachesIn(placed))]));
  const agreed = epochs.map((placed) => ({ epoch: placed.used.epoch, end: Math.min(...reachesIn(placed)) }));
  const [furthest] = agreed.sort((a, b) => b.end - a.end);
  if (!furthest) return delivery;
  const place = (choice: readonly Delivered[]): Delivered[] => {
    // The last row of the prompt gives the first token.
    let from = delivery.promptTokens - 1;
    return choice.flatMap(({ epoch, tokens }) => {
      const to = from + tokens;
      const shown = Math.min(to, Math.max(from, reaches.get(epoch) ?? 0));
      // What nobody shows is nobody's, wherever it is.
      const moved = Math.min(to, Math.max(shown, furthest.end));
      const parts = [
        { epoch, tokens: shown - from },
        { epoch: furthest.epoch, tokens: moved - shown },
        { epoch, tokens: to - moved },
      ];
      from = to;
      return parts.filter((part) => part.tokens > 0);
    });
  };
  return { ...delivery, choices: delivery.choices.map(place) };
}

/** Each seat's, in its order: it shows no position behind it. */
const reachesIn = ({ seats, shown }: PlacedEpoch): number[] =>
  seats.map(({ peer }) => Math.max(0, ...[...(shown.get(peer)?.values() ?? [])].map(({ to }) => to)));
