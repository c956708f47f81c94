// Says of each piece of a text which way it is read: Arabic and Hebrew from the right. Works on the tree before it is drawn.
import { type HastNode, hasClass, textOf } from './hast.ts';

/** The browser decides by the first letter of each. */
const BY_THEIR_TEXT = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li', 'td', 'th']);
/** A browser overlooks what has a direction of its own, and so all that is in these: they are told theirs. */
const BY_ALL_IN_THEM = new Set(['ul', 'ol', 'blockquote', 'table']);
const FROM_THE_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** Code and formulas are read from the left in any language. */
const isFromTheLeft = (node: HastNode): boolean =>
  node.tagName === 'code' || node.tagName === 'pre' || hasClass(node, 'katex') || hasClass(node, 'katex-display');

/** By the first letter; undefined without any. */
export function directionOf(text: string): 'ltr' | 'rtl' | undefined {
  const letter = /\p{L}/u.exec(text)?.[0];
  return letter === undefined ? undefined : FROM_THE_RIGHT.test(letter) ? 'rtl' : 'ltr';
}

/** A plugin of the Markdown reader, to be its last one. */
export const markDirection = () => mark;

function mark(node: HastNode): void {
  if (isFromTheLeft(node)) {
    turn(node, 'ltr');
    return;
  }
  const { tagName = '' } = node;
  // A paragraph in a list item has a direction, and hides its text from the item.
  const isHolder = tagName === 'li' && node.children?.some((child) => child.tagName === 'p');
  if (isHolder || BY_ALL_IN_THEM.has(tagName)) turn(node, directionOf(textOf(node, isFromTheLeft)));
  else if (BY_THEIR_TEXT.has(tagName)) turn(node, 'auto');
  for (const child of node.children ?? []) mark(child);
}

function turn(node: HastNode, dir: string | undefined): void {
  if (dir !== undefined) node.properties = { ...node.properties, dir };
}
