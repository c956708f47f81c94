// Draws the real components to HTML in German: what they say themselves is German, what programs say is marked as English.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { layTexts } from '../text/catalogue.ts';
import { german } from '../text/german/german.ts';
import { AnswerMessage } from './answer-message.tsx';
import { ChatStatePanel } from './chat-state-panel.tsx';
import { announceTurns, type Turn } from './conversation.ts';
import { LocalModel } from './local-model.tsx';
import { QueuePlace } from './queue-place.tsx';
import { readSampling } from './sampling-form.ts';

beforeEach(() => layTexts('de', german));
afterEach(() => layTexts('en'));

const model = { repo: 'owner/tiny', revision: 'main', dtype: 'q4' } as const;
const error = { code: 'stage-left' as const, message: 'Tab 3 left.', next: 'Wait for tab 4.' };

test('a failed answer says what happened in German, and quotes the program below', () => {
  const turn = { id: 2, role: 'assistant', text: 'Hallo', status: 'error', error } as const;
  const html = renderToStaticMarkup(createElement(AnswerMessage, { turn, onRetry() {} }));
  expect(html).toContain('Ein Tab, durch den die Antwort ging, ist gegangen.');
  expect(html).toContain('Noch einmal versuchen');
  expect(html).toMatch(/<p[^>]*lang="en"[^>]*>Tab 3 left\. Wait for tab 4\.<\/p>/);
  expect(announceTurns([turn as Turn])).toBe(
    'Die Antwort ist gescheitert. Ein Tab, durch den die Antwort ging, ist gegangen.',
  );
});

test('a route that was lost is told in German alone', () => {
  const turn: Turn = { id: 2, role: 'assistant', text: '', status: 'streaming', notice: { kind: 'rerouted', error } };
  const html = renderToStaticMarkup(createElement(AnswerMessage, { turn }));
  expect(html).toContain('ist gegangen. Es geht auf einem anderen Weg weiter…');
  expect(html).not.toContain('Tab 3 left.');
});

test('what a pool waits for, a place in the queue and a device that computes otherwise: German first, then the program’s words', () => {
  const reason = 'One of two tabs is here; one more is needed.';
  const quoted = (text: string) => new RegExp(`<p[^>]*lang="en"[^>]*>${text}</p>`);
  const pool = poolIdOf(model);
  const state = {
    phase: 'forming' as const,
    pool,
    pools: [{ pool, model, peers: 1, state: 'waiting' as const, reason }],
  };
  const fields = { state, error: undefined, model, streaming: false, onReopen() {} };
  const panel = renderToStaticMarkup(createElement(ChatStatePanel, fields));
  expect(panel).toContain('mehr Tabs oder mehr Speicher');
  expect(panel).toMatch(quoted(reason));
  const missing = [{ kind: 'tabs-missing' as const, here: 1, wanted: 2 }];
  const told = { ...state, pools: [{ ...state.pools[0]!, why: missing }] };
  const german = renderToStaticMarkup(createElement(ChatStatePanel, { ...fields, state: told }));
  expect(german.split('1 von 2 Tabs ist da; einer fehlt noch.'), 'once').toHaveLength(2);
  expect(german).not.toContain(reason);
  const place = { place: 2, waiting: 5, reason: 'Busy.' };
  const why = { kind: 'full' as const, rings: 1, running: 4, slots: 4 };
  const queue = renderToStaticMarkup(createElement(QueuePlace, { queue: { ...place, why } }));
  expect(queue).toContain('2. von 5 in der Warteschlange');
  expect(queue).toContain('Der Verbund gibt gerade 4 Antworten zugleich');
  expect(queue).not.toContain('Busy.');
  const older = renderToStaticMarkup(createElement(QueuePlace, { queue: place }));
  expect(older).toMatch(quoted('Busy.'));
  const local = {
    phase: 'ready' as const,
    loadedBytes: 1,
    totalBytes: 1,
    note: 'No GPU.',
    noteCode: 'no-webgpu' as const,
  };
  const device = renderToStaticMarkup(createElement(LocalModel, { local, onPrepare() {} }));
  expect(device).toContain('Dieser Browser hat kein WebGPU');
  expect(device).toMatch(quoted('No GPU.'));
});

test('a number may have a comma, and bounds are written with one', () => {
  expect(readSampling('temperature', '0,5')).toEqual({ value: 0.5 });
  expect(readSampling('topP', '2').problem).toBe('Top-p: eine Zahl von 0,001 bis 1.');
});
