// E9: what people read names things as people do; exact words are one click deeper, where figures and layers are listed.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { englishFormat } from './english/format.ts';
import type { Text } from './texts.ts';

/** Words of the wire, half-open ranges, and other names for lending than the one that pages have. */
const PROGRAM_WORDS =
  /\bcoalitions?\b|\baskers?\b|\bstage peers?\b|\[\d+, ?\d+\)|\bcontribut|\bdonat|\bshare (?:your|this|a) /i;

const folder = new URL('./english/', import.meta.url);
const texts = (
  await Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map(async (name) => {
        const exported = (await import(new URL(name, folder).href)) as Record<string, Text>;
        return Object.entries(exported).flatMap(([key, text]) => (key.startsWith('english') ? saidBy(text) : []));
      }),
  )
).flat();

/** A text with gaps says it with something in each. */
function saidBy(text: Text): string[] {
  if (typeof text === 'string') return [text];
  if (typeof text !== 'function') return Object.values(text).flatMap(saidBy);
  try {
    return [String((text as (...args: unknown[]) => string)(...Array.from({ length: text.length }, () => 2)))];
  } catch {
    return [String(text)];
  }
}

test('E9: no text of a page has a word of the wire, and lending has one name', () => {
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.filter((text) => PROGRAM_WORDS.test(text))).toEqual([]);
  expect(PROGRAM_WORDS.test('Layers [0, 8) of the coalition')).toBe(true);
});

test('E9: no two ways to answer have one name', () => {
  const names = Object.values(englishFormat.modes);
  expect(new Set(names).size).toBe(names.length);
});
