import { expect, test } from 'vitest';
import { parseEmbedQuery } from './embed-query.ts';

const parse = (query: string) => parseEmbedQuery(new URLSearchParams(query));

test('an address that names nothing asks for the usual', () => {
  expect(parse('')).toEqual({ theme: 'system', lend: false, isStrange: false });
  expect(parse('pool=&lang=&theme=&lend=')).toEqual(parse(''));
});

test('a pool, with and without a name of its own, and how it is to look', () => {
  const model = { repo: 'owner/tiny', revision: 'main', dtype: 'q4' };
  expect(parse('pool=owner%2Ftiny%40main%3Aq4&theme=dark&lang=de-CH&lend=1')).toEqual({
    ...{ pool: model, theme: 'dark', lang: 'de-CH', lend: true, isStrange: false },
  });
  expect(parse(`pool=${encodeURIComponent('owner/tiny@main:q4/shop')}`).pool).toEqual({ ...model, slug: 'shop' });
});

test.each(['../../x', 'owner/tiny', 'owner/tiny@main:q3'])('%s is no pool, and not the usual one either', (id) => {
  const query = parse(new URLSearchParams({ pool: id }).toString());
  expect([query.pool, query.isStrange]).toEqual([undefined, true]);
});

test('a theme that is none is the system’s', () => {
  expect(parse('theme=sepia').theme).toBe('system');
});
