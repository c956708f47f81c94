import { describe, expect, test } from 'vitest';
import { readBatchFile } from './read-batch-file.ts';

const LIMITS = { items: 60, lineBytes: 400, lineDepth: 6 };
const ENDPOINT = '/v1/completions';
const read = (content: string, limits: Partial<typeof LIMITS> = {}) =>
  readBatchFile(content, ENDPOINT, { ...LIMITS, ...limits });

const GOOD = { custom_id: 'a', method: 'POST', url: ENDPOINT, body: { model: 'm', prompt: 'p' } };
const lineOf = (more: Record<string, unknown> = {}): string => JSON.stringify({ ...GOOD, ...more });
const withBody = (body: unknown): string => lineOf({ body });

describe('what fits', () => {
  test('lines keep their number in the file, whatever ends them and however many are empty', () => {
    const content = `\r\n${lineOf()}\r\n  \n${lineOf({ custom_id: 'b' })}`;
    expect(read(content)).toMatchObject({
      errors: [],
      model: 'm',
      lines: [
        { line: 2, customId: 'a', body: '{"model":"m","prompt":"p"}' },
        { line: 4, customId: 'b' },
      ],
    });
  });

  test('the batch is named after its first model', () => {
    const other = lineOf({ custom_id: 'b', body: { model: 'other' } });
    expect(read(`${lineOf()}\n${other}`).model).toBe('m');
    expect(read(`{\n${other}`).model).toBe('other');
  });

  test.each([
    ['fields that nobody reads', lineOf({ priority: 3 })],
    ['stream and dry_run that are off', withBody({ model: 'm', stream: false, dry_run: null })],
    ['a zero byte in the prompt', withBody({ model: 'm', prompt: 'a\0b' })],
    ['brackets in a text, which nest nothing', withBody({ model: 'm', prompt: '[['.repeat(20) })],
  ])('%s', (_, line) => {
    expect(read(line)).toMatchObject({ errors: [], lines: [{ line: 1 }] });
  });

  test('a body is kept as it is, names that objects have of themselves too', () => {
    const line = lineOf().replace('"prompt"', '"__proto__":{"model":"evil"},"prompt"');
    const body = read(line).lines[0]?.body;
    expect(body).toBe('{"model":"m","__proto__":{"model":"evil"},"prompt":"p"}');
  });
});

describe('what does not', () => {
  test.each([
    ['text', 'invalid_json_line', null],
    ['{"custom_id":"a"', 'invalid_json_line', null],
    ['[]', 'invalid_json_line', null],
    ['null', 'invalid_json_line', null],
    [`${'['.repeat(7)}${']'.repeat(7)}`, 'invalid_json_line', null],
    [`${'['.repeat(300)}`, 'invalid_json_line', null],
    [withBody({ model: 'm', prompt: 'é'.repeat(200) }), 'line_too_large', null],
    [lineOf({ custom_id: undefined }), 'missing_required_parameter', 'custom_id'],
    [lineOf({ custom_id: '' }), 'missing_required_parameter', 'custom_id'],
    [lineOf({ custom_id: 7 }), 'missing_required_parameter', 'custom_id'],
    [lineOf({ custom_id: 'a\0' }), 'missing_required_parameter', 'custom_id'],
    [lineOf({ method: 'post' }), 'invalid_method', 'method'],
    [lineOf({ url: '/v1/chat/completions' }), 'mismatched_endpoint', 'url'],
    [lineOf({ url: `${ENDPOINT}/` }), 'mismatched_endpoint', 'url'],
    [lineOf({ body: undefined }), 'missing_required_parameter', 'body'],
    [withBody([]), 'missing_required_parameter', 'body'],
    [withBody('{"model":"m"}'), 'missing_required_parameter', 'body'],
    [withBody({ prompt: 'p' }), 'missing_required_parameter', 'body.model'],
    [withBody({ model: ['m'] }), 'missing_required_parameter', 'body.model'],
    [withBody({ model: 'm\0' }), 'missing_required_parameter', 'body.model'],
    [withBody({ model: 'm', stream: true }), 'invalid_request', 'body.stream'],
    [withBody({ model: 'm', dry_run: 1 }), 'invalid_request', 'body.dry_run'],
  ])('%s', (line, code, param) => {
    const { lines, errors } = read(`\n${line}`);
    expect([lines, errors]).toEqual([[], [expect.objectContaining({ code, param, line: 2 })]]);
  });

  test('a custom_id of more than 512 characters', () => {
    const errorsOf = (chars: number) => read(lineOf({ custom_id: 'é'.repeat(chars) }), { lineBytes: 10_000 }).errors;
    expect(errorsOf(512)).toEqual([]);
    expect(errorsOf(513)).toMatchObject([{ param: 'custom_id' }]);
  });

  test('one bad line leaves no request of the others', () => {
    expect(read(`${lineOf()}\n{`)).toMatchObject({ lines: [], errors: [{ line: 2 }] });
  });

  test('a custom_id counts as used only where its line was good', () => {
    const codes = read([lineOf({ method: 'GET' }), lineOf(), lineOf()].join('\n')).errors.map(({ code }) => code);
    expect(codes).toEqual(['invalid_method', 'duplicate_custom_id']);
  });

  test('no more than 50 errors are told, of however many lines', () => {
    const { errors } = read('{\n'.repeat(100_000));
    expect([errors.length, errors.at(-1)?.line]).toEqual([50, 50]);
  });

  test.each([
    ['as many requests as allowed', 3, []],
    ['one more', 4, ['too_many_requests']],
    ['many more', 50, ['too_many_requests']],
  ])('%s', (_, count, expected) => {
    const content = Array.from({ length: count }, (__, i) => lineOf({ custom_id: `c${i}` })).join('\n');
    const { lines, errors } = read(content, { items: 3 });
    expect(errors.map(({ code }) => code)).toEqual(expected);
    expect(lines).toHaveLength(expected.length > 0 ? 0 : count);
  });

  test.each(['', '\n\n', ' \r\n\t'])('a file with nothing in it: %j', (content) => {
    expect(read(content).errors).toMatchObject([{ code: 'empty_file', line: null, param: null }]);
  });
});
