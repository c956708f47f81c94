// Sets formulas with KaTeX; its styles and fonts come from this site. Loaded only by `rich-parts.ts`. A model's TeX is hostile input:
// it fetches nothing, links nowhere, and what it may expand to or reach over is bounded.
import 'katex/dist/katex.min.css';
import rehypeKatex, { type Options } from 'rehype-katex';
import remarkMath from 'remark-math';
import { type HastNode, hasClass } from './hast.ts';
import type { RichPart } from './rich-part.ts';

/** rehype-katex itself sees to it that TeX with a mistake is shown as it is written, in the colour given here. */
const OPTIONS: Options = {
  trust: false,
  strict: 'ignore',
  // Macros that call themselves end here; formulas of people need a dozen.
  maxExpand: 500,
  // In em: wider than any screen shows.
  maxSize: 50,
  errorColor: 'var(--danger)',
};

/** `read-math.ts` has made two dollars of all marks: a single one is money. */
export const setMath: RichPart = {
  remark: [[remarkMath, { singleDollarTextMath: false }]],
  rehype: [[rehypeKatex, OPTIONS], () => makeBoxes],
};

/** KaTeX draws each formula in spans; one with lines of its own is to be told from them (`formula-box.tsx`). */
function makeBoxes(node: HastNode): void {
  for (const child of node.children ?? []) {
    if (hasClass(child, 'katex-display')) child.tagName = 'div';
    else makeBoxes(child);
  }
}
