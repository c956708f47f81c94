// That the fuzz says what it should: shapes that fit get past the parser, hostile values are among them, and a seed repeats them.
import { describe, expect, it, test } from 'vitest';
import { parseClientMessage } from '../../protocol/control.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { Deck } from './deck.ts';
import { CLIENT_MESSAGES } from './fuzz-control.ts';
import { hostileValue, type JsonSchema, validValue } from './hostile-values.ts';
import { KnownValues } from './known-values.ts';
import { nested, writeJson } from './write-json.ts';

const ID = 'ab'.repeat(16);
const POOL = 'owner/model@main:q4';
const ROUNDS = 60;

function textsOf(make: typeof validValue, schema: JsonSchema, seed = 1): string[] {
  const known = new KnownValues({ pool: [POOL], job: [ID], peer: [ID] });
  const source = { random: new SeededRandom(seed), known: known.of, maxText: 250_000 };
  return Array.from({ length: ROUNDS }, () => writeJson(make(schema, source)));
}

const parses = (text: string): boolean => {
  try {
    return parseClientMessage(text) !== undefined;
  } catch {
    return false;
  }
};

describe.each([...CLIENT_MESSAGES])('%s', (_type, schema) => {
  it('is made so that most fit, and so that many that are hostile fit too', () => {
    // A manifest has a rule between its fields, and a pool one that no pattern tells: not all fit.
    expect(textsOf(validValue, schema).filter(parses).length).toBeGreaterThan(ROUNDS / 5);
    const hostile = textsOf(hostileValue, schema).filter(parses).length;
    expect(hostile).toBeGreaterThan(ROUNDS / 10);
    expect(hostile).toBeLessThan(ROUNDS);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(textsOf(hostileValue, schema)).toEqual(textsOf(hostileValue, schema));
    expect(textsOf(hostileValue, schema)).not.toEqual(textsOf(hostileValue, schema, 2));
  });
});

test.each([
  ...['NaN', '-0', '1e999', '2147483648', '9007199254740991', '9007199254740993', '\\u0000', '\\ud800', '\u202e'],
  ...['__proto__', '['.repeat(200), 'x'.repeat(10_000), '""'],
])('%j is said', (part) => {
  const all = [...CLIENT_MESSAGES.values()].flatMap((schema) =>
    [3, 4, 5].flatMap((seed) => textsOf(hostileValue, schema, seed)),
  );
  expect(all.some((text) => text.includes(part))).toBe(true);
});

test('what is known is used where it fits, and nowhere else', () => {
  const known = new KnownValues({ id: ['short', ID, 7] });
  const source = { random: new SeededRandom(1), known: known.of, maxText: 100 };
  const schema: JsonSchema = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
  };
  const made = Array.from({ length: ROUNDS }, () => validValue(schema, source) as { id: string });
  expect(made.every(({ id }) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(made.filter(({ id }) => id === ID).length).toBeGreaterThan(ROUNDS / 2);
});

test('tokens are learnt from: what a grant says of its job is known by its name', () => {
  const known = new KnownValues();
  known.learn({ grant: `${Buffer.from(JSON.stringify({ job: ID, maxPosition: 9 })).toString('base64url')}.signature` });
  expect([known.of('job'), known.of('maxPosition'), known.of('nothing')]).toEqual([[ID], [], []]);
});

test('raw numbers and nesting stand in the text as they are', () => {
  expect(writeJson({ a: '@raw:NaN', b: ['@raw:-0', 'x'], c: nested(3) })).toBe('{"a":NaN,"b":[-0,"x"],"c":[[[]]]}');
  expect(writeJson('@raw:"\\ud800"')).toBe('"\\ud800"');
});

test('a deck gives each card before any of them again', () => {
  const deck = new Deck(['a', 'b', 'c']);
  const random = new SeededRandom(1);
  const drawn = Array.from({ length: 6 }, () => deck.draw(random));
  expect([drawn.slice(0, 3).sort(), drawn.slice(3).sort()]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});
