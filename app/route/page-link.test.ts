import { expect, test } from 'vitest';
import { isForThisWindow } from './page-link.tsx';

const press = (fields: Partial<Parameters<typeof isForThisWindow>[0]>, target = '') =>
  isForThisWindow({
    ...{ button: 0, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
    currentTarget: { target } as HTMLAnchorElement,
    ...fields,
  });

test('a plain press is for this window, by mouse and by Enter', () => {
  expect(press({})).toBe(true);
  expect(press({}, '_self')).toBe(true);
});

test.each([
  ['the middle button', press({ button: 1 })],
  ['Ctrl', press({ ctrlKey: true })],
  ['Command', press({ metaKey: true })],
  ['Shift', press({ shiftKey: true })],
  ['Alt', press({ altKey: true })],
  ['a link to another window', press({}, '_blank')],
])('%s is left to the browser', (_what, isTaken) => {
  expect(isTaken).toBe(false);
});
