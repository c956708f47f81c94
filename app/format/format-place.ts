// A place in a queue in words. Pure.
import { formatText } from '../text/english/format.ts';

/** `2nd of 5 in the queue`; a place of 1 is the next one to go. */
export function formatPlace(place: number, waiting: number): string {
  const { next, of } = formatText.place;
  const text = of(formatText.ordinal(place), Math.max(place, waiting));
  return place === 1 ? next(text) : text;
}
