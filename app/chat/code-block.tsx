// A block of code: its language, a button that copies it, and the code, which scrolls within itself.
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'react-markdown';
import { chatText } from '../text/english/chat.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { type HastNode, textOf } from './hast.ts';
import { useScrolls } from './use-scrolls.ts';

const LANGUAGE = /^language-(.+)$/;

/** As a model named it; '' for none. */
function languageOf(code: HastNode | undefined): string {
  const names = code?.properties?.className;
  const found = Array.isArray(names) ? names.map((name) => LANGUAGE.exec(String(name))?.[1]) : [];
  return found.find((name) => name !== undefined) ?? '';
}

export function CodeBlock({ node, dir, children }: ComponentProps<'pre'> & ExtraProps) {
  const { ref, scrolls } = useScrolls();
  const block: HastNode = node ?? { type: 'element' };
  const language = languageOf(block.children?.[0]);
  return (
    <figure className="code-block" data-testid="code-block" data-language={language}>
      <figcaption>
        <span className="truncate" dir="auto">
          {language || chatText.text.code}
        </span>
        <CopyButton text={textOf(block).replace(/\n$/, '')} what="code" />
      </figcaption>
      <pre ref={ref} dir={dir} tabIndex={scrolls ? 0 : undefined}>
        {children}
      </pre>
    </figure>
  );
}
