// Keys that do something wherever the focus is, but while somebody writes only those that write nothing.
import { useEffect, useRef } from 'react';

export function useShortcuts(acts: Readonly<Record<string, () => unknown>>): void {
  const current = useRef(acts);
  current.current = acts;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const act = current.current[event.key];
      if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as HTMLElement;
      const isWriting = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (isWriting && event.key.length === 1) return;
      if (event.key.length === 1) event.preventDefault();
      act();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
}
