// A Markdown text cut into pieces that mean apart what they mean together: while an answer streams only its last one is drawn anew.
// Pure. Where in doubt it does not cut.
import { findCode } from './find-code.ts';

/** What one piece says of another: definitions of links and footnotes, and HTML that goes on over empty lines. */
const FAR_REACHING = /^ {0,3}\[[^\]\n]+\]:|<(?:!|\?|pre|script|style|textarea)/im;
/** A line that may belong to a list or quote above it, or to code by its indentation. */
const MAY_GO_ON = /^(?:[ \t>]|[-*+](?:[ \t]|$)|\d{1,9}(?:[.)]|$))/;
/** Opens and closes a block of maths. */
const MATH_FENCE = /^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*\$\$$/;

/** In order; joined by an empty line they are the text again, but for how many there were. */
export function splitBlocks(text: string): string[] {
  if (FAR_REACHING.test(text)) return [text];
  const fences = findCode(text).filter(({ info }) => info !== undefined);
  const blocks: string[] = [];
  let from = 0;
  let isMath = false;
  let isAfterEmpty = false;
  let fence = 0;
  for (let start = 0; start < text.length; ) {
    while (fence < fences.length && (fences[fence]?.end ?? 0) < start) fence += 1;
    const isCode = (fences[fence]?.start ?? text.length) < start;
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const isEmpty = line.trim() === '';
    if (isAfterEmpty && !isEmpty && !isCode && !isMath && !MAY_GO_ON.test(line)) {
      blocks.push(text.slice(from, start).trimEnd());
      from = start;
    }
    if (!isCode && MATH_FENCE.test(line)) isMath = !isMath;
    isAfterEmpty = isEmpty;
    start = end + 1;
  }
  return [...blocks, text.slice(from)].filter((block) => block.trim() !== '');
}
