import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { prefixTitle, titlePage } from './window-title.ts';

/** A document whose title may be changed by others, who are then noticed. */
function openDocument(title: string) {
  const page = { title, head: {} };
  let notice: (() => void) | undefined;
  vi.stubGlobal('document', page);
  vi.stubGlobal(
    'MutationObserver',
    class {
      constructor(private readonly callback: () => void) {}
      observe() {
        notice = this.callback;
      }
      disconnect() {
        notice = undefined;
      }
    },
  );
  return {
    page,
    comes(next: string) {
      page.title = next;
      notice?.();
    },
  };
}

let opened: ReturnType<typeof openDocument>;
beforeEach(() => {
  opened = openDocument('Chat · ComputePool');
});
afterEach(() => void vi.unstubAllGlobals());

test('a page is called in the language that is spoken, also where its English title comes later', () => {
  const leave = titlePage('Konto');
  expect(opened.page.title).toBe('Konto · ComputePool');
  opened.comes('Account · ComputePool');
  expect(opened.page.title).toBe('Konto · ComputePool');
  leave();
  expect(opened.page.title).toBe('Account · ComputePool');
});

test('a window that lends says so before the title of whatever page it shows, in the language of the moment', () => {
  const stop = prefixTitle('Lends: ');
  expect(opened.page.title).toBe('Lends: Chat · ComputePool');
  opened.comes('Join · ComputePool');
  expect(opened.page.title).toBe('Lends: Join · ComputePool');
  const leave = titlePage('Mitmachen');
  expect(opened.page.title).toBe('Lends: Mitmachen · ComputePool');
  stop();
  const stopGerman = prefixTitle('Verleiht: ');
  expect(opened.page.title).toBe('Verleiht: Mitmachen · ComputePool');
  stopGerman();
  expect(opened.page.title).toBe('Mitmachen · ComputePool');
  leave();
  expect(opened.page.title).toBe('Join · ComputePool');
});

test('the next page may say its title before the last one has gone', () => {
  const leaveFirst = titlePage('Chat');
  const leaveSecond = titlePage('Pools');
  leaveFirst();
  expect(opened.page.title).toBe('Pools · ComputePool');
  opened.comes('A pool · ComputePool');
  leaveSecond();
  expect(opened.page.title).toBe('A pool · ComputePool');
});
