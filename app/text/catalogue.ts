// Texts of the pages, one catalogue per room of the house. English stands in the bundle of the room; another language is laid
// over it when it is spoken. Whoever shows a text reads it when rendering: a text kept elsewhere stays as it was.
import { useSyncExternalStore } from 'react';
import type { Language } from './languages.ts';
import { pseudoOf } from './pseudo.ts';

/** A text, one with gaps to fill, or a group of either. */
export type Text = string | ((...args: never[]) => string) | { readonly [name: string]: Text };
export type Texts = Record<string, Text>;

const english = new Map<string, Texts>();
const spoken = new Map<string, Texts>();
const listeners = new Set<() => void>();
let language: Language = 'en';
let laid: Readonly<Record<string, Texts>> | undefined;

/** The catalogue of one room, in the language that is spoken now and whenever it changes. */
export function catalogue<T extends Texts>(room: string, texts: T): T {
  const own = { ...texts };
  english.set(room, texts);
  spoken.set(room, own);
  layOver(room);
  return own;
}

function layOver(room: string): void {
  const own = spoken.get(room);
  const base = english.get(room);
  if (!own || !base) return;
  Object.assign(own, language === 'pseudo' ? pseudoOf(base) : (laid?.[room] ?? base));
}

/** `texts` by room; undefined is English. Everybody who shows a text is told. */
export function layTexts(next: Language, texts?: Readonly<Record<string, Texts>>): void {
  language = next;
  laid = texts;
  for (const room of spoken.keys()) layOver(room);
  for (const listener of listeners) listener();
}

/** For `Intl`: the tag of the language that is spoken. */
export const languageTag = (): string => (language === 'de' ? 'de-DE' : 'en-GB');

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useLanguage = (): Language =>
  useSyncExternalStore(
    subscribe,
    () => language,
    () => 'en',
  );
