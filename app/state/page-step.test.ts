import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../protocol/errors.ts';
import { pageStep } from './page-step.ts';

/** Routes, parameters, options, headers and methods; and a button that no page has. */
const PROGRAM_WORDS =
  /(?:^|[\s"'(])\/(?:v1|api|join|chat|pools|account)\b|\b\w+_\w+\b|(?:^|\s)--\w|\bx402\b|\bPOST\b|\bAuthorization\b|\bContent-|\b[Pp]ress retry\b/;
/** Things that the page of an account tells of, and no error of another page. */
const PROGRAM_THINGS = /\bAPI key\b|\bbatch\b|\bprogram sends\b/;

const codes = Object.entries(ERROR_CODES).map(([code, { next }]) => ({ code, next }));

test('E10: no page tells a person what only a program can do', () => {
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.map(pageStep).filter((step) => PROGRAM_WORDS.test(step) || PROGRAM_THINGS.test(step))).toEqual([]);
});

test('the words are found where they stand', () => {
  const found = codes.filter(({ next }) => PROGRAM_WORDS.test(next)).map(({ code }) => code);
  expect(found).toEqual(expect.arrayContaining(['no-stages', 'insufficient-credits', 'login-again', 'host-refused']));
});

test('a step that knows the case stays, and so does one of another version', () => {
  expect(pageStep({ code: 'no-stages', next: 'Ask the pool’s maker.' })).toBe('Ask the pool’s maker.');
  expect(pageStep({ code: 'of-tomorrow', next: 'Wait.' })).toBe('Wait.');
  expect(pageStep({ code: 'no-stages', next: ERROR_CODES['no-stages'].next })).toContain('the page Lend');
});

test('E10: texts of pages name places by the words of the header', () => {
  const app = new URL('../', import.meta.url);
  const pages = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.tsx') || /^text\/(?:english|german)\//.test(path),
  );
  expect(pages.length).toBeGreaterThan(80);
  // English and German, by room.
  for (const language of ['english', 'german']) expect(pages).toContain(`text/${language}/errors.ts`);
  const found = pages.flatMap((path) =>
    textsOf(readFileSync(new URL(path, app), 'utf8'))
      .filter((text) => PROGRAM_WORDS.test(text))
      .map((text) => `${path}: ${text}`),
  );
  // Whoever runs a server is told how.
  expect(found.filter((line) => !line.includes('npm start'))).toEqual([]);
});

/** What a person reads: text between tags, and quoted text of several words. No classes, no comments, no code. */
function textsOf(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import .*$/gm, '')
    .replace(/className=(?:"[^"]*"|\{`[^`]*`\})/g, '');
  const quoted = [...code.matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g)].map((match) => match[2] ?? '');
  const between = [...code.matchAll(/>([^<>{}]+)</g)].map((match) => match[1] ?? '');
  return [...quoted, ...between].map((text) => text.trim()).filter((text) => /^[\p{Lu}0-9].* /su.test(text));
}
