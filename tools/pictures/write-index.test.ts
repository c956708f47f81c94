import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../install/ensure-installed.mjs';
import { SHOTS } from './shots.ts';
import { LOOKS } from './take-picture.ts';
import { indexOf } from './write-index.ts';

test('each picture has its words and both looks', () => {
  const looks = [
    { name: 'phone', width: 390, colorScheme: 'light' },
    { name: 'desk', width: 1280, colorScheme: 'dark' },
  ] as const;
  expect(
    indexOf([{ name: 'home', about: 'Where one begins.' }], looks)
      .split('\n')
      .slice(3),
  ).toEqual([
    'Looks: phone (390 px, light), desk (1280 px, dark).',
    ...['', '## home', '', 'Where one begins.', ''],
    ...['![home, phone](pictures/home-phone.webp)', '![home, desk](pictures/home-desk.webp)', ''],
  ]);
});

test('names are told apart, and the index in the tree is that of the list', () => {
  expect(new Set(SHOTS.map(({ name }) => name)).size).toBe(SHOTS.length);
  expect(readFileSync(join(ROOT, 'docs', 'PICTURES.md'), 'utf8')).toBe(indexOf(SHOTS, LOOKS));
  for (const { name } of SHOTS) {
    for (const look of LOOKS)
      expect(existsSync(join(ROOT, 'docs/pictures', `${name}-${look.name}.webp`)), name).toBe(true);
  }
});
