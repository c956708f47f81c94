// Whether an element has more to show than its width: then it must take the focus, so that the arrow keys can scroll it.
import { useEffect, useState } from 'react';

export interface Scrolls {
  /** Give it to the element. */
  ref(element: HTMLElement | null): void;
  scrolls: boolean;
}

/** Looks again whenever the element, or what is in it, changes its size. */
export function useScrolls(): Scrolls {
  const [element, ref] = useState<HTMLElement | null>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth));
    for (const each of [element, ...element.children]) observer.observe(each);
    return () => observer.disconnect();
  }, [element]);
  return { ref, scrolls };
}
