// That German says the same is for people to judge; what can be counted is held here.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerLine, draftLine, tokenLine } from '../../format/answer-line.ts';
import { awayLine } from '../../format/away-line.ts';
import { describeChat } from '../../format/describe-chat.ts';
import { earnedLine } from '../../format/earned-line.ts';
import { formatBytes } from '../../format/format-bytes.ts';
import { formatCount, formatPlural, formatRate } from '../../format/format-count.ts';
import { formatCreditAmount, formatSignedCredits } from '../../format/format-credits.ts';
import { formatMarketPrice } from '../../format/format-dollars.ts';
import { formatMs } from '../../format/format-ms.ts';
import { formatPlace } from '../../format/format-place.ts';
import { formatWhen } from '../../format/format-when.ts';
import { lateLine } from '../../format/late-line.ts';
import { PHASE_SENTENCES } from '../../format/phase-steps.ts';
import { formatParameters } from '../../state/site-models.ts';
import { layTexts } from '../catalogue.ts';
import { german } from './german.ts';

beforeEach(() => layTexts('de', german));
afterEach(() => layTexts('en'));

/** Intl parts a figure from its sign by a space that does not break. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('one and several, none too', () => {
  expect([0, 1, 2].map((count) => formatPlural(count, 'tab'))).toEqual(['0 Tabs', '1 Tab', '2 Tabs']);
  expect([1, 1200].map((count) => formatPlural(count, 'answer'))).toEqual(['1 Antwort', '1.200 Antworten']);
  expect([1_000_000, 1_500_000].map((micros) => formatCreditAmount(micros))).toEqual(['1 Credit', '1,5 Credits']);
  const seat = (ready: boolean) => ({ ready });
  expect(describeChat('forming', [seat(true), seat(false)])).toContain('1 von 2 Tabs ist bereit');
  expect(describeChat('forming', [seat(true), seat(true), seat(false)])).toContain('2 von 3 Tabs sind bereit');
  expect(describeChat('ready', [seat(true)])).toBe('Ein Tab würde antworten.');
});

test('figures have a comma behind the whole and points within it', () => {
  expect(formatCount(1_234_567)).toBe('1.234.567');
  expect(formatRate(41.24)).toBe('41,2 Token/s');
  expect([3.21, 120.4, 1530, 125_000].map(formatMs)).toEqual(['3,2 ms', '120 ms', '1,5 s', '2 min 5 s']);
  expect(formatBytes(1536)).toBe('1,54 kB');
  expect(formatSignedCredits(-1_250_000)).toBe('−1,25');
  expect(plain(formatMarketPrice({ promptMicros: 200_000, completionMicros: 200_000 }))).toBe(
    '0,20 $ je Million Token',
  );
  expect(plain(formatParameters(15_300_000))).toBe('15,3 Mio. Parameter');
});

test('moments, places and stretches of time', () => {
  const now = new Date(2026, 2, 20, 12, 0);
  const at = (day: number) => formatWhen(new Date(2026, 2, day, 12, 0), now);
  expect([20, 19, 17, 1].map(at)).toEqual(['gerade eben', 'vor 1 Tag', 'vor 3 Tagen', '1. März 2026']);
  expect(formatPlace(1, 4)).toBe('Als Nächstes: 1. von 4 in der Warteschlange');
  expect(awayLine({ sinceMs: 0, nextTryMs: 20_000 }, 12_000)).toBe('Weg seit 12 s. Nächster Versuch in 8 s.');
  const earned = { answers: 3, tokens: 412, gainMicros: 0, lastMicros: 0, since: new Date(2026, 2, 20, 8, 5) };
  expect(earnedLine(earned, now)).toBe('Beigetragen seit 08:05: 3 Antworten, 412 Token.');
});

test('an answer in its one line', () => {
  const stats = { tokens: 1, promptTokens: 12, tokensPerSecond: 41.24, timeToFirstTokenMs: 120, route: [] };
  const drafts = { laps: 10, lapTokens: 24, drafted: 40, accepted: 30 };
  const route = [{}, {}, {}];
  expect(answerLine({ ...stats, route } as never)).toBe('3 Tabs gemeinsam · 41,2 Token/s · erstes Token nach 120 ms');
  expect(tokenLine(stats as never)).toBe('12 Token Eingabe, 1 Token erzeugt');
  expect(draftLine(drafts)).toBe('2,4 Token je Runde: von 40 geratenen Token waren 30 richtig (75 %).');
});

test('who is late', () => {
  const seats = [{ peer: 'a' }, { peer: 'b' }] as never;
  expect(lateLine(['b'] as never, seats)).toMatch(/^Tab 2 ist spät dran/);
  expect(lateLine(['a', 'b'] as never, seats)).toMatch(/^Tabs 1 und 2 sind spät dran/);
});

test('a name that is read from a catalogue itself follows the language', () => {
  expect(PHASE_SENTENCES.failed).toBe('Durch einen Fehler angehalten.');
  layTexts('en');
  expect(PHASE_SENTENCES.failed).toBe('Stopped by an error.');
});

/** Each text of a group, with its place. */
function* textsOf(group: object, path: string): Generator<[path: string, text: unknown]> {
  for (const [name, text] of Object.entries(group)) {
    if (typeof text === 'object') yield* textsOf(text, `${path}.${name}`);
    else yield [`${path}.${name}`, text];
  }
}

test('no text is empty but where English says nothing itself, and each is a text or makes one', () => {
  const texts = Object.entries(german).flatMap(([room, group]) => [...textsOf(group, room)]);
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.filter(([, text]) => text === '' || !['string', 'function'].includes(typeof text))).toEqual([]);
});
