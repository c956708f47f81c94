import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { peerIdSchema } from '../ids.ts';
import { count, matching, micros, moment, noted, nothing, shape, shapeNotes, text } from './shape.ts';

const takes = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

describe('a moment', () => {
  test('is a date for whoever parses it, the same to the millisecond', () => {
    const written = '2026-03-04T05:06:07.089Z';
    expect(moment.parse(written).toISOString()).toBe(written);
    expect(moment.parse('2026-03-04T05:06:07.089+02:00').getUTCHours()).toBe(3);
  });

  test.each(['', 'yesterday', '2026-13-01T00:00:00Z', '2026-03-04T25:00:00Z', `2026-03-04${' '.repeat(31)}`])(
    '%j is none',
    (written) => expect(takes(moment, written)).toBe(false),
  );

  test.each([null, 0, 1772600767089, new Date(), ['2026-03-04']])('%o is no text', (value) => {
    expect(takes(moment, value)).toBe(false);
  });
});

test.each([
  ['a count', count, [0, 7, Number.MAX_SAFE_INTEGER], [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '7']],
  ['an amount', micros, [0, -5, Number.MIN_SAFE_INTEGER], [0.1, Number.NaN, -(2 ** 53), null, '5']],
  ['a text', text, ['', 'ä'.repeat(500)], ['x'.repeat(501), 7, null]],
  ['no body', nothing, [null], [undefined, '', {}, 0]],
] as [string, z.ZodMiniType, unknown[], unknown[]][])('%s has its bounds', (_name, schema, good, bad) => {
  expect(good.filter((value) => !takes(schema, value))).toEqual([]);
  expect(bad.filter((value) => takes(schema, value))).toEqual([]);
});

test('what another schema takes is refused in the words given, and by no pattern', () => {
  const peer = matching(peerIdSchema, 'must be a peer id');
  expect(peer.parse('0f'.repeat(16))).toBe('0f'.repeat(16));
  const messages = peer.safeParse('../x').error?.issues.map(({ message }) => message);
  expect(messages).toEqual(['must be a peer id']);
  expect(takes(peer, 7)).toBe(false);
  expect(takes(matching(z.string(), 'anything'), 'x'.repeat(401))).toBe(false);
});

test('a name and a note are the schema’s own: one made of it has neither', () => {
  const ok = shape('OnlyInThisTest', z.object({ ok: noted(z.boolean(), { description: 'Whether.' }) }), 'An answer.');
  expect(shapeNotes.get(ok)).toEqual({ id: 'OnlyInThisTest', description: 'An answer.' });
  expect(shapeNotes.get(ok.shape.ok)).toEqual({ description: 'Whether.' });
  expect(shapeNotes.get(z.extend(ok, { more: text }))).toBeUndefined();
  expect(shapeNotes.get(text)).toBeUndefined();
});
