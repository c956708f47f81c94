// Tells the page around the frame how high all that there is to show is: of these elements together, and not of the window, which is
// as high as the page has made it.
import { type RefObject, useEffect, useRef } from 'react';
import type { HostPage } from './meet-host.ts';

/** Give what it gives to the parent of what is to be measured. */
export function useToldHeight(host: HostPage | undefined): RefObject<HTMLDivElement | null> {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host || !parent.current) return;
    const parts = [...parent.current.children] as HTMLElement[];
    let told = 0;
    const tell = () => {
      const px = parts.reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
      if (px !== told) host.say({ type: 'height', px });
      told = px;
    };
    const observer = new ResizeObserver(tell);
    for (const part of parts) observer.observe(part);
    return () => observer.disconnect();
  }, [host]);
  return parent;
}
