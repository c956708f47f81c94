import { afterEach, expect, test } from 'vitest';
import { catalogue, languageTag, layTexts } from './catalogue.ts';

const english = {
  hello: 'Hello',
  nothing: '',
  count: (count: number) => `${count} tabs`,
  places: { chat: 'Chat', deeper: { far: (name: string) => `Far ${name}` } },
};
type Example = typeof english;
const german: Example = {
  hello: 'Hallo',
  nothing: '',
  count: (count) => `${count} Tabs`,
  places: { chat: 'Plausch', deeper: { far: (name) => `Fern ${name}` } },
};

const read = (texts: Example) => [
  texts.hello,
  texts.nothing,
  texts.count(3),
  texts.places.chat,
  texts.places.deeper.far('off'),
];
const inEnglish = ['Hello', '', '3 tabs', 'Chat', 'Far off'];
const inGerman = ['Hallo', '', '3 Tabs', 'Plausch', 'Fern off'];

afterEach(() => layTexts('en'));

test('a switch lays the texts of a language over a room, and another one takes them away', () => {
  const texts = catalogue('example', english);
  expect(read(texts)).toEqual(inEnglish);
  layTexts('de', { example: german });
  expect(read(texts)).toEqual(inGerman);
  expect(languageTag()).toBe('de-DE');
  layTexts('en');
  expect(read(texts)).toEqual(inEnglish);
  expect(languageTag()).toBe('en-GB');
  // The English texts themselves are never written over.
  expect(read(english)).toEqual(inEnglish);
});

test('a room that comes later gets what is spoken; one that a language lacks stays English', () => {
  layTexts('de', { late: german });
  expect(read(catalogue('late', english))).toEqual(inGerman);
  expect(read(catalogue('lacking', english))).toEqual(inEnglish);
});

test('pseudo marks strings, texts with gaps and groups of both, and leaves nothing marked', () => {
  const texts = catalogue('marked', english);
  layTexts('pseudo');
  expect(read(texts)).toEqual(['⟦Hello⟧', '', '⟦3 tabs⟧', '⟦Chat⟧', '⟦Far off⟧']);
  layTexts('en');
  expect(read(texts)).toEqual(inEnglish);
});
