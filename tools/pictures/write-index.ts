// The index of all pictures, as a page of the documentation. Pure.
import type { Shot } from './shots.ts';
import type { Look } from './take-picture.ts';

export function indexOf(
  shots: readonly Pick<Shot, 'name' | 'about'>[],
  looks: readonly Pick<Look, 'name' | 'width' | 'colorScheme'>[],
): string {
  const looksLine = looks.map(({ name, width, colorScheme }) => `${name} (${width} px, ${colorScheme})`).join(', ');
  const parts = shots.flatMap(({ name, about }) => [
    `## ${name}`,
    '',
    about,
    '',
    ...looks.map((look) => `![${name}, ${look.name}](pictures/${name}-${look.name}.webp)`),
    '',
  ]);
  return [
    '# Pictures',
    '',
    'Every page and state, taken from the running product by `npm run pictures` (`tools/pictures.ts`), never by hand.',
    `Looks: ${looksLine}.`,
    '',
    ...parts,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
