// A stretch of the decoder: the bounds that a slice is cut at. Knows nothing of what lies between them.
import type { Cut } from './find-cuts.ts';

/** The bounds of a stretch: cuts (absent at the model's ends) and the layers whose KV cache it holds. */
export interface Stretch {
  from?: Cut;
  to?: Cut;
  layers: { start: number; end: number };
}
