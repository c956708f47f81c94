// Keeps the end of a growing conversation in view, unless the person has scrolled away from it.
import { useEffect, useRef } from 'react';

/** Within this distance of the page's end a person counts as reading the end. */
const NEAR_END_PX = 160;

/** Scrolls the page to its end whenever `content` changes; the empty list of the beginning does not count. */
export function useStickToEnd(content: readonly unknown[]): void {
  const stuck = useRef(true);

  useEffect(() => {
    // Read on scrolling, because once the text has grown the distance no longer tells what the person wanted.
    const read = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
      stuck.current = scrollHeight - clientHeight - scrollTop < NEAR_END_PX;
    };
    window.addEventListener('scroll', read, { passive: true });
    return () => window.removeEventListener('scroll', read);
  }, []);

  useEffect(() => {
    if (content.length > 0 && stuck.current) window.scrollTo({ top: document.documentElement.scrollHeight });
  }, [content]);
}
