// A round trip as the network tells it: in steps, so without digits that nobody measured. Pure.
import { formatCount } from '../format/format-count.ts';
import { formatText } from '../text/english/format.ts';

/** `20` -> `20 ms`. */
export const tellRtt = (ms: number): string => formatText.time.milliseconds(formatCount(ms));
