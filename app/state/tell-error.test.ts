import { afterEach, describe, expect, test } from 'vitest';
import { ERROR_CODES, PoolError } from '../../protocol/errors.ts';
import { layTexts } from '../text/catalogue.ts';
import { german } from '../text/german/german.ts';
import { showError } from './show-error.ts';
import { tellError } from './tell-error.ts';

afterEach(() => layTexts('en'));

const left = new PoolError('stage-left', 'Tab 3 left.', { data: { next: 'Wait for tab 4.' } });

test('in English the program speaks for itself', () => {
  expect(tellError(showError(left))).toEqual({ what: 'Tab 3 left.', step: 'Wait for tab 4.' });
  const bare = new PoolError('no-stages', 'Nobody holds it.');
  expect(tellError(showError(bare)).step).toContain('the page Lend');
});

describe('in German', () => {
  test('what happened and what to do are German, and the program is quoted', () => {
    layTexts('de', german);
    const { what, step, said } = tellError(showError(left));
    expect(what).toBe('Ein Tab, durch den die Antwort ging, ist gegangen.');
    expect(step).toMatch(/^Warte, bis/);
    expect(said).toBe('Tab 3 left. Wait for tab 4.');
  });

  test('every code has both, as sentences, and none is the English one', () => {
    layTexts('de', german);
    const codes = Object.entries(ERROR_CODES);
    expect(codes.length).toBeGreaterThan(40);
    for (const [code, { next }] of codes) {
      const told = tellError({ code, message: 'It failed.', next });
      for (const text of [told.what, told.step]) expect(text, code).toMatch(/^\p{Lu}.*\.$/u);
      expect([told.what, told.step], code).not.toContain(next);
      expect(told.said, code).toMatch(/^It failed\. /);
    }
  });

  test('a code of another version is an unexpected failure', () => {
    layTexts('de', german);
    const told = tellError({ code: 'of-tomorrow', message: 'New.', next: 'Wait.' });
    expect(told).toMatchObject({ what: 'Etwas Unerwartetes ist schiefgegangen.', said: 'New. Wait.' });
  });
});
