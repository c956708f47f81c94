// What some texts need and most do not: the highlighter, and KaTeX with its styles and fonts. Each is fetched from this site once a
// text needs it. Until then, and where it cannot be had, a text is drawn without.
import { useMemo } from 'react';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import type { RichPart } from './rich-part.ts';

type PartName = 'math' | 'code';
export type RichParts = Readonly<Partial<Record<PartName, RichPart>>>;

const PARTS: Readonly<Record<PartName, LazyPart<RichPart>>> = {
  math: new LazyPart(() => import('./set-math.ts').then(({ setMath }) => setMath)),
  code: new LazyPart(() => import('./colour-code.ts').then(({ colourCode }) => colourCode)),
};

export const loadPart = (name: PartName): Promise<void> => PARTS[name].load();

/** The parts that are there by now, after asking for those that are needed. */
export function useRichParts(needed: Record<PartName, boolean>): RichParts {
  const math = useLazyPart(PARTS.math, needed.math);
  const code = useLazyPart(PARTS.code, needed.code);
  return useMemo(() => ({ ...(math ? { math } : {}), ...(code ? { code } : {}) }), [math, code]);
}
