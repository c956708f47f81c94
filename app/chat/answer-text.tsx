// What a model wrote: as Markdown once the reader of it is there, until then as it was written.
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';

/** With GFM some 50 KB that no page needs before its first answer. */
const reader = new LazyPart(() => import('./markdown-text.tsx').then(({ MarkdownText }) => MarkdownText));

export const loadMarkdown = reader.load;

/** Asks for the reader before there is any text: when an answer begins. */
export function AnswerText({ text }: { text: string }) {
  const Markdown = useLazyPart(reader);
  if (text === '') return null;
  return (
    <div className="answer-text">
      {Markdown ? (
        <Markdown text={text} />
      ) : (
        <p className="whitespace-pre-wrap" dir="auto">
          {text}
        </p>
      )}
    </div>
  );
}
