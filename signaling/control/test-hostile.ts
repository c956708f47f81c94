// Bodies and messages that nobody honest sends, made from a seed. Used by tests only.

export type Random = () => number;

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

/** Values of every wrong kind, with the edges where parsers and databases stumble. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  '',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  '%2e%2e%2f',
  "'; drop table pools; --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  'x'.repeat(10_000),
  '\u202e\ufeff',
  0,
  -0,
  -1,
  0.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  [],
  [[]],
  {},
  { length: 1e9 },
  { toString: 'x', valueOf: 1, hasOwnProperty: 1 },
  { constructor: { prototype: { polluted: true } } },
];

/** Bytes that are no JSON, or JSON that no schema takes. */
const RAW_BODIES: readonly (string | Uint8Array)[] = [
  '',
  ' ',
  '{',
  '}',
  'null',
  'NaN',
  '1e999',
  '"\\ud800"',
  '\ufeff{}',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '['.repeat(20_000),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `[${'0,'.repeat(20_000)}0]`,
  `{${Array.from({ length: 5_000 }, (_, index) => `"${index}":0`).join(',')}}`,
  `"${'x'.repeat(60_000)}"`,
  new Uint8Array([0xff, 0xfe, 0x00, 0xc0, 0xaf]),
  new Uint8Array(2_000),
];

/** A value of no particular form, at most `depth` deep. */
export function randomValue(random: Random, depth = 3): unknown {
  const kind = random();
  if (depth === 0 || kind < 0.6) return pick(random, ODD_VALUES);
  const size = Math.floor(random() * 4);
  if (kind < 0.8) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [randomKey(random), randomValue(random, depth - 1)]));
}

const randomKey = (random: Random): string =>
  pick(random, ['type', 'model', 'id', 'pool', 'messages', 'constructor', 'toString', '', 'a'.repeat(300), '\u0000']);

/** The same value with one field of another kind, taken away, or one too many. */
export function mutate(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15) return randomValue(random, 2);
  if (Array.isArray(value)) {
    if (value.length === 0) return [randomValue(random, 1)];
    const at = Math.floor(random() * value.length);
    return value.map((one, index) => (index === at ? mutate(random, one) : one));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || random() < 0.1) return { ...value, [randomKey(random)]: randomValue(random, 1) };
  const at = Math.floor(random() * entries.length);
  if (random() < 0.15) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(entries.map(([key, one], index) => [key, index === at ? mutate(random, one) : one]));
}

/** Text or bytes to send: raw nonsense, random JSON, or one of `valid` with something wrong in it. */
export function hostileBody(random: Random, valid: readonly unknown[]): string | Uint8Array {
  const kind = random();
  if (kind < 0.3) return pick(random, RAW_BODIES);
  if (kind < 0.5 || valid.length === 0) return JSON.stringify(randomValue(random));
  const text = JSON.stringify(mutate(random, pick(random, valid)));
  // A key that assignment would treat specially can only come in as text.
  if (kind < 0.6) return text.replace(/^\{/, '{"__proto__":{"polluted":true},').replace(',}', '}');
  return kind < 0.65 ? text.slice(0, Math.floor(random() * text.length)) : text;
}
