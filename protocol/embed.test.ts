import { expect, test } from 'vitest';
import { embedOriginsSchema, MAX_EMBED_ORIGINS, mayEmbed, originSchema, sponsorSchema } from './embed.ts';

test.each(['https://app.example', 'http://localhost:4000', 'http://127.0.0.1:65535', 'https://xn--bcher-kva.example'])(
  '%s is an origin',
  (origin) => {
    expect(originSchema.parse(origin)).toBe(origin);
  },
);

test.each([
  ['a path', 'https://app.example/'],
  ['no scheme', 'app.example'],
  ['another scheme', 'ftp://app.example'],
  ['a page of no site', 'null'],
  ['capitals', 'https://App.example'],
  ['the usual port, which browsers leave out', 'https://app.example:443'],
  ['a port that is none', 'https://app.example:70000'],
  ['a wildcard', 'https://*.example'],
  ['a name and a password', 'https://ann:secret@app.example'],
  ['IPv6', 'http://[::1]:3000'],
  ['what ends the directive', 'https://app.example;script-src'],
  ['what ends the header', 'https://app.example,https'],
  ['a second source', 'https://app.example *'],
  ['a line more', 'https://app.example\n'],
  ['a name without end', `https://${'a'.repeat(300)}`],
])('%s is refused', (_what, text) => {
  expect(originSchema.safeParse(text).success).toBe(false);
});

test('a list has an end, and any page is a word of its own', () => {
  const origins = Array.from({ length: MAX_EMBED_ORIGINS }, (_, at) => `https://a${at}.example`);
  expect(embedOriginsSchema.parse(origins)).toHaveLength(MAX_EMBED_ORIGINS);
  expect(embedOriginsSchema.safeParse([...origins, 'https://b.example']).success).toBe(false);
  expect(embedOriginsSchema.parse('*')).toBe('*');
  expect(embedOriginsSchema.safeParse(['*']).success).toBe(false);
});

test('nobody who is not listed may', () => {
  expect(mayEmbed(['https://a.example'], 'https://a.example')).toBe(true);
  expect(mayEmbed(['https://a.example'], 'https://a.example:8443')).toBe(false);
  expect(mayEmbed('*', 'https://a.example')).toBe(true);
  expect([mayEmbed([], 'https://a.example'), mayEmbed(undefined, 'https://a.example')]).toEqual([false, false]);
});

test.each([{ visitorMicros: 1 }, { visitorMicros: 0, dayMicros: 1 }, { visitorMicros: 0.5, dayMicros: 1 }])(
  'a budget of %o is refused',
  (budget) => {
    expect(sponsorSchema.safeParse(budget).success).toBe(false);
  },
);
