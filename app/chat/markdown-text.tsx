// Text of a model as Markdown. Raw HTML stays text, images become links: nothing is fetched because a model wrote it. What few texts
// need, colours of code and formulas, comes later and apart (`rich-parts.ts`).
import { memo, useId, useMemo } from 'react';
import Markdown, { type Components, type Options } from 'react-markdown';
import remarkBreaks from 'remark-breaks';
import remarkGfm from 'remark-gfm';
import { chatText } from '../text/english/chat.ts';
import { CodeBlock } from './code-block.tsx';
import { findCode } from './find-code.ts';
import { FormulaBox } from './formula-box.tsx';
import { markDirection } from './mark-direction.ts';
import { readMath } from './read-math.ts';
import { type RichParts, useRichParts } from './rich-parts.ts';
import { splitBlocks } from './split-blocks.ts';
import { steadyEnd } from './steady-end.ts';
import { TextTable } from './text-table.tsx';

const COMPONENTS: Components = {
  // The label of footnotes has the same id in each answer: nothing may refer to it.
  a: ({ node: _node, href = '', children, 'aria-describedby': _label, ...rest }) =>
    // A footnote of the same text; what else a model links to is another site.
    href.startsWith('#') ? (
      <a {...rest} href={href}>
        {children}
      </a>
    ) : (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || chatText.text.image}
    </a>
  ),
  // The only inputs are those of task lists.
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={checked === true}
      disabled
      readOnly
      aria-label={checked ? chatText.text.done : chatText.text.toDo}
    />
  ),
  // The only ones are those of formulas.
  div: FormulaBox,
  pre: CodeBlock,
  table: TextTable,
};

type Plugins = Pick<Options, 'remarkPlugins' | 'rehypePlugins'>;

const pluginsOf = ({ math, code }: RichParts): Plugins => ({
  // One tilde is "about"; two strike through.
  remarkPlugins: [[remarkGfm, { singleTilde: false }], remarkBreaks, ...(math?.remark ?? [])],
  rehypePlugins: [...(math?.rehype ?? []), ...(code?.rehype ?? []), markDirection],
});

/** Whether an answer that is still being written or one that is finished: both are drawn alike. */
export function MarkdownText({ text }: { text: string }) {
  const steady = steadyEnd(text);
  const hasCode = findCode(steady).some(({ info }) => info !== undefined);
  const { hasMath } = readMath(steady);
  const parts = useRichParts({ math: hasMath, code: hasCode });
  const plugins = useMemo(() => pluginsOf(parts), [parts]);
  const id = useId();
  const blocks = splitBlocks(readMath(steady, parts.math !== undefined).text);
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces are told apart by their order alone
  return blocks.map((block, at) => <Block key={at} text={block} plugins={plugins} id={id} />);
}

/** What the reader of Markdown says itself. */
const footnotes = (): Options['remarkRehypeOptions'] => ({
  footnoteLabel: chatText.text.footnotes,
  // Counted from 0; a footnote that is referred to again has a second number.
  footnoteBackLabel: (reference, again) => chatText.text.backTo(`${reference + 1}${again > 1 ? `-${again}` : ''}`),
});

/** A piece that is settled is not read again with each token that comes behind it. */
const Block = memo(function Block({ text, plugins, id }: { text: string; plugins: Plugins; id: string }) {
  return (
    <Markdown {...plugins} components={COMPONENTS} remarkRehypeOptions={{ clobberPrefix: `${id}-`, ...footnotes() }}>
      {text}
    </Markdown>
  );
});
