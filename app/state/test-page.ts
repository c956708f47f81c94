// A page for hooks, in tests: React's own renderer over the little of a document that it asks for while nothing is drawn.
import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { onTestFinished, vi } from 'vitest';

/** What a hook gave, and the ways a page has with it. */
export interface DrawnHook<T> {
  /** What the last drawing gave. */
  readonly now: T;
  /** What each drawing gave, in order. */
  readonly all: readonly T[];
  /** Draws again with another hook call, as a component does whose properties changed. */
  draw(useIt: () => T): void;
  /** The tab is looked at, or another one before it. */
  hide(hidden: boolean): void;
  leave(): void;
}

/** Calls a hook in a component of its own; its effects have run when this returns. The test's end leaves the page. */
export function drawHook<T>(useIt: () => T, { hidden = false } = {}): DrawnHook<T> {
  const nothing = () => {};
  const page = { nodeType: 9, hidden, activeElement: null, addEventListener: nothing, defaultView: {} };
  Object.assign(page.defaultView, { document: page, HTMLIFrameElement: class {} });
  vi.stubGlobal('window', page.defaultView);
  vi.stubGlobal('document', page);
  const container = { nodeType: 1, tagName: 'MAIN', ownerDocument: page, addEventListener: nothing };
  const root = createRoot(container as unknown as Element);
  const all: T[] = [];
  const Part = ({ use }: { use: () => T }) => {
    all.push(use());
    return null;
  };
  const leave = () => flushSync(() => root.unmount());
  const drawn: DrawnHook<T> = {
    all,
    get now() {
      return all.at(-1)!;
    },
    draw: (use) => flushSync(() => root.render(createElement(Part, { use }))),
    hide(isHidden) {
      page.hidden = isHidden;
    },
    leave,
  };
  onTestFinished(async () => {
    leave();
    // React looks at the window once more in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    vi.unstubAllGlobals();
  });
  drawn.draw(useIt);
  return drawn;
}

/** A promise that ends when the test says so. */
export function held<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
