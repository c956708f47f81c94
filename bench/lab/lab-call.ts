// How a page of the lab and the lab speak to each other.

/** The function that a page of the lab has on `window`. */
export const BINDING = '__lab';

/**
 * What it is called with. `own`: a local candidate, told before any other page can hear of it. `candidate` and
 * `description`: from afar; the answer is what the browser may know of it, a candidate that it must not know is ''.
 */
export type LabCall = ['own' | 'candidate' | 'description', string];
