// Draws the real component to HTML: what keyboards and screen readers use must be there.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, test } from 'vitest';
import { CHAT_MODES } from './chat-mode.ts';
import { loadLocalModel, ModePicker } from './mode-picker.tsx';

beforeAll(loadLocalModel);

const draw = (mode: 'auto' | 'solo', local?: Parameters<typeof ModePicker>[0]['local']) =>
  renderToStaticMarkup(createElement(ModePicker, { mode, local, disabled: false, onPick() {}, onPrepare() {} }));

test('one radio button per mode, one of them checked, under a legend', () => {
  const html = draw('solo');
  expect(html).toContain('data-testid="mode-picker" data-value="solo"');
  expect(html.match(/type="radio"/g)).toHaveLength(CHAT_MODES.length);
  expect(html.match(/checked=""/g)).toHaveLength(1);
  expect(html).toContain('<legend class="sr-only">Answered by</legend>');
});

test('the whole model’s loading is a progress bar with its figures', () => {
  const html = draw('solo', { phase: 'loading', loadedBytes: 2e6, totalBytes: 8e6 });
  expect(html).toMatch(/<progress[^>]*aria-label="Whole model loaded"/);
  expect(html).toContain('2 MB of 8 MB');
});

test('a loaded model is named also when another mode is picked, an unloaded one is not', () => {
  const ready = { phase: 'ready' as const, loadedBytes: 8e6, totalBytes: 8e6, msPerLayer: 1.25 };
  expect(draw('auto', ready)).toContain('This tab holds all of it, 8 MB, 1.3 ms per layer.');
  expect(draw('auto')).not.toContain('data-testid="local-model"');
});

test('a failure can be tried again', () => {
  const error = { code: 'out-of-memory' as const, message: 'No room.', next: 'Close other tabs.' };
  const html = draw('solo', { phase: 'failed', loadedBytes: 0, totalBytes: 8e6, error });
  for (const text of ['No room.', 'Close other tabs.', 'Try again']) expect(html).toContain(text);
});
