// What stands on a page and came from no catalogue: with the pseudo-language every text of one stands in brackets.
import type { Page } from '@playwright/test';

/** Each text, attribute and title with letters outside of the brackets, with what it is of. */
export const unspoken = (page: Page): Promise<string[]> => page.evaluate(findUnspoken);

/** In the page, so that it stands alone. */
function findUnspoken(): string[] {
  /**
   * Words of programs, of persons and models, and languages by their own names. What says that it is English and none of these is as
   * English as what says nothing.
   */
  const OWN =
    '[lang]:not(html, [lang=en]), [data-words], [dir=auto], bdi, code, pre, samp, kbd, script, style, noscript, option[lang]';
  const NAMES = [
    ...[/\bComputePool\b/g, /\b(?:USDC|WebGPU|WASM)\b/g, /\b(?:ms|s|min|h|B|kB|MB|GB|TB)\b/g, /\b(?:tok\/s)/g],
    // Ids of tabs, jobs and keys, whole or their beginning.
    /\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/g,
  ];
  const ATTRIBUTES = ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext'];
  const found: string[] = [];

  /** What is outside of brackets in each of `texts`, which follow each other. */
  const outside = (texts: readonly string[]): string[] => {
    let depth = 0;
    return texts.map((text) => {
      let rest = '';
      for (const char of text) {
        if (char === '⟦') depth += 1;
        else if (char === '⟧') depth -= 1;
        else if (depth <= 0) rest += char;
      }
      return NAMES.reduce((left, name) => left.replaceAll(name, ''), rest);
    });
  };
  const note = (what: string, texts: readonly string[]): void => {
    for (const [index, rest] of outside(texts).entries()) {
      if (/\p{L}/u.test(rest)) found.push(`${what}: ${texts[index]!.trim()}`);
    }
  };

  // A sentence with an element inside, such as a link, is several texts of one block.
  const blocks = new Map<Element, string[]>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let block = node.parentElement!;
    if (block.closest(OWN)) continue;
    while (/^(inline|contents)$/.test(getComputedStyle(block).display) && block.parentElement)
      block = block.parentElement;
    blocks.set(block, [...(blocks.get(block) ?? []), node.textContent ?? '']);
  }
  for (const [block, texts] of blocks) note(block.tagName.toLowerCase(), texts);
  for (const element of document.querySelectorAll('*')) {
    if (element.closest(OWN)) continue;
    for (const name of ATTRIBUTES) note(name, [element.getAttribute(name) ?? '']);
  }
  note('the document’s title', [document.title]);
  return found;
}
