// A table of a text: it scrolls within itself, and takes the focus where it does.
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'react-markdown';
import { chatText } from '../text/english/chat.ts';
import { useScrolls } from './use-scrolls.ts';

export function TextTable({ dir, children }: ComponentProps<'table'> & ExtraProps) {
  const { ref, scrolls } = useScrolls();
  return (
    <figure
      ref={ref}
      dir={dir}
      className="table-box"
      aria-label={chatText.text.table}
      tabIndex={scrolls ? 0 : undefined}
    >
      <table>{children}</table>
    </figure>
  );
}
