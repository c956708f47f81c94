// Values that a JSON Schema allows, at their edges, and some that it does not: so that whatever the protocol comes to say is
// fuzzed without anybody remembering it. Pure but for the random source that is given.
import fc from 'fast-check';
import type { SeededRandom } from '../../protocol/test-random.ts';
import { mutate, randomValue } from '../../signaling/control/test-hostile.ts';
import { nested, RAW_TOKENS } from './write-json.ts';

/** As `z.toJSONSchema` and an OpenAPI document write it, as far as it is read here. */
export interface JsonSchema {
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  oneOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  allOf?: readonly JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  $ref?: string;
}

export interface ValueSource {
  random: SeededRandom;
  /** Values that mean something to the server now, by the name of the field: ids of jobs that run, say. */
  known(field: string): readonly unknown[];
  /** The document that `$ref` leads into. */
  root?: unknown;
  /** Longest text: what a message may have, and more. */
  maxText: number;
}

/** Deeper than any schema here, unless it contains itself. */
const MAX_DEPTH = 12;
const NUMBERS = [
  ...[0, 1, 2, 3, 7, 64, 255, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1],
  ...[2 ** 53, 2 ** 63, 1e308, 5e-324, 0.1, 0.5, -1, -(2 ** 31), -(2 ** 63)],
];
export const EVIL_TEXTS = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ud800', 'x\udfff', '\u202eevil\u2066', '\ufeff', '\u2028\r\n', '__proto__'],
  ...['constructor', '../../etc', '%00', "'; drop table jobs; --", '<script>', '{{7*7}}', '\u{1f469}\u200d\u{1f469}'],
];
const WORDS = ['a', 'hi there', 'x y z', 'laptop', '1', 'main', 'owner/model'];

/** One value that fits, each part of it plain, at an edge of what is allowed, or known to mean something. */
export function validValue(schema: JsonSchema, source: ValueSource, field = '', depth = 0): unknown {
  const { random } = source;
  if (schema.$ref !== undefined) return validValue(resolve(schema.$ref, source.root), source, field, depth + 1);
  if ('const' in schema) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const known = source.known(field).filter((value) => fits(schema, value));
  if (known.length > 0 && random.next() < 0.9) return random.pick(known);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    // What contains itself ends at its simplest form.
    const open = depth < MAX_DEPTH ? choices : choices.filter((choice) => isScalar(choice));
    return open.length === 0 ? null : validValue(random.pick(open), source, field, depth + 1);
  }
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map((part) => validValue(part, source, field, depth + 1)));
  }
  const type = typeof schema.type === 'object' ? random.pick(schema.type) : schema.type;
  switch (type) {
    case 'object':
      return objectOf(schema, source, depth);
    case 'array':
      return arrayOf(schema, source, field, depth);
    case 'integer':
    case 'number':
      return numberOf(schema, random, type === 'integer');
    case 'string':
      return textOf(schema, source);
    case 'boolean':
      return random.next() < 0.5;
    case 'null':
      return null;
    default:
      // A schema that takes anything gets it.
      return random.next() < 0.2 ? nested(random.whole(1, 200)) : randomValue(random.next);
  }
}

/** The same, mostly with a few of its leaves replaced by what no schema takes, or another field gone or one too many. */
export function hostileValue(schema: JsonSchema, source: ValueSource, field = ''): unknown {
  const { random } = source;
  const value = validValue(schema, source, field);
  const kind = random.next();
  if (kind < 0.75) return value;
  if (kind < 0.83) return mutate(random.next, value);
  return replaceLeaves(value, source, random.whole(1, 3));
}

function objectOf(schema: JsonSchema, source: ValueSource, depth: number): Record<string, unknown> {
  const { random } = source;
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  // With none of what may be left out, a little of it, or all: each field more is one more that may be refused.
  const share = random.pick([0, 0, 0.1, 0.1, 0.4, 1]);
  const written = Object.entries(properties).flatMap(([name, one]): [string, unknown][] =>
    required.includes(name) || random.next() < share ? [[name, validValue(one, source, name, depth + 1)]] : [],
  );
  // A record: now and then of very many names.
  if (typeof additionalProperties === 'object' && Object.keys(properties).length === 0) {
    const size = random.next() < 0.01 ? 300 : random.whole(0, 3);
    for (let at = 0; at < size; at++) {
      const name = propertyNames ? String(validValue(propertyNames, source, '', depth + 1)) : random.pick(EVIL_TEXTS);
      written.push([size > 3 ? `${name}${at}` : name, validValue(additionalProperties, source, '', depth + 1)]);
    }
  }
  return Object.fromEntries(written);
}

function arrayOf(schema: JsonSchema, source: ValueSource, field: string, depth: number): unknown[] {
  const { items = {}, minItems = 0, maxItems = 1000 } = schema;
  const { random } = source;
  const most = depth > MAX_DEPTH ? minItems : maxItems;
  // Long lists of what is short, short ones of what is long: or nothing else would be sent.
  const long = isScalar(items) ? 1024 : 16;
  const size = random.next() < 0.04 ? Math.min(most, long) : random.whole(minItems, Math.min(most, minItems + 2));
  return Array.from({ length: size }, () => validValue(items, source, singular(field), depth + 1));
}

/** The elements of `peers` are each a `peer`. */
const singular = (field: string): string => field.replace(/s$/, '');

function numberOf(schema: JsonSchema, random: SeededRandom, isWhole: boolean): number {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  const fits = (number: number): boolean =>
    (!isWhole || Number.isInteger(number)) &&
    number >= low &&
    number <= high &&
    number !== schema.exclusiveMinimum &&
    number !== schema.exclusiveMaximum;
  // Sizes that people mean are the likelier ones: what is refused at the door is seen by nothing behind it.
  const plain = [0, 1, 2, 3, 7, 0.5].filter(fits);
  if (plain.length > 0 && random.next() < 0.55) return random.pick(plain);
  const edges = [...NUMBERS, low, low + 1, high, high - 1].filter((number) => Number.isFinite(number) && fits(number));
  return edges.length === 0 ? 0 : random.pick(edges);
}

function textOf({ pattern, minLength = 0, maxLength, format }: JsonSchema, source: ValueSource): string {
  const { random } = source;
  if (pattern !== undefined) return matching(pattern, random);
  if (format === 'date-time') return new Date(random.whole(0, 2 ** 40)).toISOString();
  const most = Math.min(maxLength ?? source.maxText, source.maxText);
  const kind = random.next();
  if (kind < 0.5) return random.pick(WORDS).slice(0, most).padEnd(minLength, 'a');
  if (kind < 0.9) return random.pick(EVIL_TEXTS).slice(0, most).padEnd(minLength, '\u0000');
  // A megabyte is not for every message, or nothing else would be sent.
  const length = most > 4096 && random.next() < 0.9 ? 4096 : most;
  return random.pick(['x', '\u4e00', '\u0000', '"', '\ud800']).repeat(Math.max(minLength, length));
}

const arbitraries = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string, random: SeededRandom): string {
  const arbitrary = arbitraries.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
  arbitraries.set(pattern, arbitrary);
  return fc.sample(arbitrary, { numRuns: 1, seed: random.whole(0, 2 ** 31) })[0]!;
}

/** What may stand where a leaf stood. */
function oddLeaf({ random, maxText }: ValueSource): unknown {
  const kind = random.next();
  if (kind < 0.35) return random.pick(NUMBERS);
  if (kind < 0.55) return random.pick(EVIL_TEXTS);
  if (kind < 0.7) return random.pick(RAW_TOKENS);
  if (kind < 0.75) return 'x'.repeat(random.next() < 0.3 ? maxText : 10_000);
  if (kind < 0.85) return nested(random.pick([31, 32, 33, 200, 4000]));
  return randomValue(random.next, 1);
}

type Place = { holder: Record<string, unknown>; key: string };

function replaceLeaves(value: unknown, source: ValueSource, count: number): unknown {
  const copy = { root: structuredClone(value) } as Record<string, unknown>;
  const places: Place[] = [];
  const visit = (holder: Record<string, unknown>, key: string): void => {
    const one = holder[key];
    if (typeof one !== 'object' || one === null || Object.keys(one).length === 0) places.push({ holder, key });
    else if (places.length < 500) for (const each of Object.keys(one)) visit(one as Record<string, unknown>, each);
  };
  visit(copy, 'root');
  for (let round = 0; round < count; round++) {
    const { holder, key } = source.random.pick(places);
    Object.defineProperty(holder, key, {
      value: oddLeaf(source),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy.root;
}

/** Fields of one name mean different things in different messages: what a known value is of must be what is asked for. */
function fits(
  { type, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: JsonSchema,
  value: unknown,
): boolean {
  const types = typeof type === 'string' ? [type] : (type ?? []);
  if (typeof value === 'string') {
    const isLong = value.length >= minLength && value.length <= maxLength;
    return types.includes('string') && isLong && (pattern === undefined || new RegExp(pattern).test(value));
  }
  if (typeof value === 'number') return types.includes('integer') || types.includes('number');
  return types.includes(Array.isArray(value) ? 'array' : typeof value);
}

const isScalar = ({ type, $ref }: JsonSchema): boolean => $ref === undefined && type !== 'object' && type !== 'array';

/** `#/components/schemas/Name` and `#/$defs/name`; `#` is the whole. */
function resolve(reference: string, root: unknown): JsonSchema {
  const path = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root);
  if (found === undefined) throw new Error(`The schema refers to ${reference}, which is not there.`);
  return found as JsonSchema;
}
