// English in brackets, for the test that no text stands in a page by itself. Pure.
import type { Text, Texts } from './texts.ts';

const mark = (text: string): string => (text === '' ? text : `⟦${text}⟧`);

export const pseudoOf = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, pseudoText(text)]));

function pseudoText(text: Text): Text {
  if (typeof text === 'string') return mark(text);
  if (typeof text === 'function') return (...args: never[]) => mark(text(...args));
  return pseudoOf(text);
}
