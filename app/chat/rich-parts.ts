// What some texts need and most do not: the highlighter, and KaTeX with its styles and fonts. Each is fetched from this site once a
// text needs it. Until then, and where it cannot be had, a text is drawn without.
import { useEffect, useSyncExternalStore } from 'react';
import type { RichPart } from './rich-part.ts';

type PartName = 'math' | 'code';
export type RichParts = Readonly<Partial<Record<PartName, RichPart>>>;

const LOADERS: Readonly<Record<PartName, () => Promise<RichPart>>> = {
  math: () => import('./set-math.ts').then(({ setMath }) => setMath),
  code: () => import('./colour-code.ts').then(({ colourCode }) => colourCode),
};

let parts: RichParts = {};
const asked = new Map<PartName, Promise<void>>();
const listeners = new Set<() => void>();

/** Fetches it once; after a failure the next text that needs it tries again. */
export function loadPart(name: PartName): Promise<void> {
  const loading =
    asked.get(name) ??
    LOADERS[name]().then(
      (part) => {
        parts = { ...parts, [name]: part };
        for (const listener of listeners) listener();
      },
      () => void asked.delete(name),
    );
  asked.set(name, loading);
  return loading;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const present = (): RichParts => parts;

/** The parts that are there by now, after asking for those that are needed. */
export function useRichParts({ math, code }: Record<PartName, boolean>): RichParts {
  useEffect(() => {
    if (math) void loadPart('math');
    if (code) void loadPart('code');
  }, [math, code]);
  return useSyncExternalStore(subscribe, present, present);
}
