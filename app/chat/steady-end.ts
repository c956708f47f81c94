// What of an answer can be drawn while it is being written. Pure.
import { findCode } from './find-code.ts';

/** Marks that may still become a fence. */
const BEGUN = /^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:`{1,2}|~{1,2})$/;

/**
 * Leaves out a last line that its next characters may make a fence, or the language of one: drawn as text first and as a block a
 * moment later, it would flicker. A finished answer does not end in one.
 */
export function steadyEnd(text: string): string {
  const lineAt = text.lastIndexOf('\n') + 1;
  const line = text.slice(lineAt);
  if (!/[`~]/.test(line)) return text;
  const block = findCode(text).at(-1);
  return block?.isOpen ? steadyBlock(text, { lineAt, block }) : BEGUN.test(line) ? text.slice(0, lineAt) : text;
}

function steadyBlock(text: string, at: { lineAt: number; block: { start: number; marks: string } }): string {
  const { lineAt, block } = at;
  const isOpening = block.start >= lineAt;
  const written = text.slice(lineAt).replace(/^[ \t>]+/, '');
  const isBegunClosing = written === block.marks.charAt(0).repeat(written.length);
  return isOpening || isBegunClosing ? text.slice(0, lineAt) : text;
}
