import { describe, expect, test } from 'vitest';
import { parseClientMessage } from './control.ts';
import { ERROR_CODES, type ErrorCode, type ErrorRow, PoolError } from './errors.ts';

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

test.each(codes)('%s has an HTTP error status and a next step in words', (code) => {
  const error = new PoolError(code, 'It went wrong.');
  expect(error.status).toBeGreaterThanOrEqual(400);
  expect(error.status).toBeLessThan(600);
  expect(error.next).toMatch(/^[A-Z].*\.$/);
});

test.each(codes)('%s crosses a wire and is rebuilt', (code) => {
  const error = new PoolError(code, 'It went wrong.', { data: { held: 3 }, cause: new Error('inside') });
  const back = PoolError.from(JSON.parse(JSON.stringify(error.toShape())));
  expect(back).toBeInstanceOf(PoolError);
  expect(back.toShape()).toEqual({ code, message: 'It went wrong.', data: { held: 3 } });
  expect(error.cause).toBeInstanceOf(Error);
});

test('a code without a kind or a subject does not compile', () => {
  const whole: Record<string, ErrorRow> = { new: { status: 500, kind: 'failed', subject: 'server', next: 'Wait.' } };
  // @ts-expect-error: no kind
  const kindless: Record<string, ErrorRow> = { new: { status: 500, subject: 'server', next: 'Wait.' } };
  // @ts-expect-error: no subject
  const subjectless: Record<string, ErrorRow> = { new: { status: 500, kind: 'failed', next: 'Wait.' } };
  // @ts-expect-error: a kind that nobody knows what to do about
  const strange: Record<string, ErrorRow> = { new: { status: 500, kind: 'odd', subject: 'server', next: 'Wait.' } };
  expect([whole, kindless, subjectless, strange]).toHaveLength(4);
});

describe('what may be done about it', () => {
  const of = (kind: ErrorRow['kind'], ...subjects: string[]) =>
    codes.filter((code) => {
      const row: ErrorRow = ERROR_CODES[code];
      return row.kind === kind && (subjects.length === 0 || subjects.includes(row.subject));
    });

  test('what disappeared with its session is computed again on the same route', () => {
    expect(of('disappeared', 'session')).toEqual(['session-unknown', 'position-mismatch', 'kv-missing']);
  });

  test('what disappeared with its route goes on over another one', () => {
    expect(of('disappeared', 'route', 'link', 'device')).toEqual([
      'device-lost',
      'epoch-stale',
      'stage-left',
      'link-failed',
    ]);
  });

  test('what found no room may find some later', () => {
    expect(of('busy')).toEqual([
      'rate-limited',
      'sessions-full',
      'no-stages',
      'chain-unreachable',
      'key-shared',
      'queue-full',
      'shutting-down',
      'unavailable',
    ]);
  });

  test('an identity that was refused is refused again', () => {
    expect(of('refused', 'identity')).toEqual(['version-mismatch', 'not-authentic', 'banned']);
  });
});

test('an error without data has none on the wire', () => {
  expect(new PoolError('internal', 'No.').toShape()).toEqual({ code: 'internal', message: 'No.' });
});

test('a message as long as a runtime can make it still fits a control message and a frame', () => {
  const shape = PoolError.from(new Error('x'.repeat(100_000))).toShape();
  const text = JSON.stringify({ type: 'stage-failed', pool: 'a/b@main:q4', epoch: 1, error: shape });
  expect(parseClientMessage(text)).toMatchObject({ type: 'stage-failed', error: { code: 'internal' } });
});

describe('from', () => {
  test('gives a PoolError back as it is', () => {
    const error = new PoolError('kv-missing', 'Gap.');
    expect(PoolError.from(error)).toBe(error);
  });

  test('keeps the text and the cause of other errors', () => {
    const cause = new TypeError('x is not a function');
    expect(PoolError.from(cause)).toMatchObject({ code: 'internal', message: 'x is not a function', cause });
    expect(PoolError.from(new RangeError())).toMatchObject({ code: 'internal', message: 'RangeError' });
    expect(PoolError.from('a text')).toMatchObject({ code: 'internal', message: 'a text' });
  });

  test.each<[string, unknown]>([
    ['an unknown code', { code: 'no-such-code', message: 'm' }],
    ['constructor', { code: 'constructor', message: 'm' }],
    ['__proto__', JSON.parse('{"code":"__proto__","message":"m"}')],
    ['toString', { code: 'toString', message: 'm' }],
    ['hasOwnProperty', { code: 'hasOwnProperty', message: 'm' }],
    ['no message', { code: 'internal' }],
    ['a code that is no text', { code: 7, message: 'm' }],
    ['data that is a list', { code: 'kv-missing', message: 'm', data: [] }],
    ['data that is null', { code: 'kv-missing', message: 'm', data: null }],
    ['null', null],
    ['undefined', undefined],
    ['a number', 4],
    ['a list', ['kv-missing', 'm']],
  ])('%s becomes internal', (_what, value) => {
    const error = PoolError.from(value);
    expect(error.code).toBe('internal');
    expect(error.message).not.toBe('');
    expect(error.status).toBe(500);
  });

  test('data that names __proto__ changes no prototype', () => {
    const shape = JSON.parse('{"code":"internal","message":"m","data":{"__proto__":{"polluted":true}}}');
    PoolError.from(shape);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

test('nobody but the server itself fails with 500: what a stranger’s tab does wrong is 502', () => {
  const codes = Object.entries(ERROR_CODES).filter(([, { status }]) => status === 500);
  expect(codes.map(([code]) => code)).toEqual(['internal']);
  expect(ERROR_CODES['stage-failed'].status).toBe(502);
});
