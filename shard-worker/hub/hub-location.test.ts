import { describe, expect, it } from 'vitest';
import { checkFilePath, hubBase, hubFileUrl } from './hub-location.ts';

const location = { hubUrl: 'https://hub.example', repo: 'acme/tiny-model_1.5', revision: 'main' };

describe('hubFileUrl', () => {
  it('builds the address of the hub layout', () => {
    expect(hubFileUrl(location, 'onnx/model_q4.onnx')).toBe(
      'https://hub.example/acme/tiny-model_1.5/resolve/main/onnx/model_q4.onnx',
    );
  });

  it('keeps a path prefix and drops trailing slashes', () => {
    expect(hubFileUrl({ ...location, hubUrl: 'http://127.0.0.1:8080/models//' }, 'config.json')).toBe(
      'http://127.0.0.1:8080/models/acme/tiny-model_1.5/resolve/main/config.json',
    );
  });

  it('encodes what would change the meaning of the address', () => {
    const url = hubFileUrl({ ...location, revision: 'refs/pr/1' }, 'a b/c?d#e%2e.json');
    expect(url).toBe('https://hub.example/acme/tiny-model_1.5/resolve/refs%2Fpr%2F1/a%20b/c%3Fd%23e%252e.json');
    expect(new URL(url).search).toBe('');
  });

  it.each([
    'tiny',
    'acme/tiny/more',
    '/tiny',
    'acme/',
    'acme/..',
    '../tiny',
    'acme/.tiny',
    'acme/ti ny',
    'acme/tiny?x=1',
    'acme/a..b',
    `acme/${'a'.repeat(97)}`,
  ])('refuses the repo %j', (repo) => {
    expect(() => hubFileUrl({ ...location, repo }, 'config.json')).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });

  it.each(['', '..', 'a/../b', 'main?x', 'ma in', '/main', 'main/', '-x'])('refuses the revision %j', (revision) => {
    expect(() => hubFileUrl({ ...location, revision }, 'config.json')).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });
});

describe('checkFilePath', () => {
  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    './a',
    'a/',
    'a\\b',
    'C:/x',
    'https://x/y',
    'a\u0000b',
    'a\nb',
  ])('refuses %j', (path) => {
    expect(() => checkFilePath(path)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  it('refuses paths without end, and does not repeat them in full', () => {
    expect(() => checkFilePath('x'.repeat(100_000))).toThrow(/^.{1,140}$/);
  });

  it('lets dots within names pass', () => {
    expect(checkFilePath('onnx/model.v1..2.onnx_data')).toEqual(['onnx', 'model.v1..2.onnx_data']);
  });
});

describe('hubBase', () => {
  it.each([
    'ftp://x',
    'hub.example',
    '/models',
    'https://u:p@hub.example',
    'https://h/?a=1',
    'https://h/#a',
    'data:,x',
  ])('refuses %j', (hubUrl) => {
    expect(() => hubBase(hubUrl)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});
