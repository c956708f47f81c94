import { expect, test, vi } from 'vitest';
import { drawHook } from '../state/test-page.ts';
import { useScrolls } from './use-scrolls.ts';

test('an element takes the focus while what is in it is wider than itself', async () => {
  let look = (): void => {};
  const observed: unknown[] = [];
  const disconnect = vi.fn();
  class TestObserver {
    disconnect = disconnect;
    observe = (each: unknown): void => void observed.push(each);
    constructor(callback: () => void) {
      look = callback;
    }
  }
  vi.stubGlobal('ResizeObserver', TestObserver);
  const child = {};
  const element = { scrollWidth: 100, clientWidth: 100, children: [child] };
  const drawn = drawHook(() => useScrolls());
  drawn.now.ref(element as unknown as HTMLElement);
  await vi.waitFor(() => expect(observed).toEqual([element, child]));
  look();
  expect(drawn.now.scrolls).toBe(false);
  element.scrollWidth = 140;
  look();
  await vi.waitFor(() => expect(drawn.now.scrolls).toBe(true));
  element.clientWidth = 200;
  look();
  await vi.waitFor(() => expect(drawn.now.scrolls).toBe(false));
  drawn.leave();
  expect(disconnect).toHaveBeenCalledOnce();
});
