// Text of a model as Markdown. Raw HTML stays text, images become links: nothing is fetched because a model wrote it.
import Markdown, { type Components } from 'react-markdown';

const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || 'image'}
    </a>
  ),
};

export function MarkdownText({ text }: { text: string }) {
  return <Markdown components={COMPONENTS}>{text}</Markdown>;
}
