// A formula with lines of its own: it scrolls within itself, and takes the focus where it does.
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'react-markdown';
import { useScrolls } from './use-scrolls.ts';

export function FormulaBox({ node: _node, ...rest }: ComponentProps<'div'> & ExtraProps) {
  const { ref, scrolls } = useScrolls();
  return <div {...rest} ref={ref} tabIndex={scrolls ? 0 : undefined} />;
}
