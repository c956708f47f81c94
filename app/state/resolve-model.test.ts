import { describe, expect, test } from 'vitest';
import type { ModelRef } from '../../protocol/ids.ts';
import { isRepo, isRevision } from '../../protocol/pool-id.ts';
import { readModelWish, resolveModel } from './resolve-model.ts';
import type { SiteModel } from './site-models.ts';

const fallback: ModelRef = { repo: 'site/tiny', revision: 'v1', dtype: 'fp32' };
const other: SiteModel = { repo: 'site/other', dtypes: ['q8', 'q4'], title: 'Other' };

describe('resolveModel', () => {
  test('no wish is the default', () => {
    expect(resolveModel({}, fallback, [])).toEqual(fallback);
  });
  test('the default keeps its revision when only the dtype is another', () => {
    expect(resolveModel({ dtype: 'q4' }, fallback, [])).toEqual({ ...fallback, dtype: 'q4' });
  });
  test('a model of the site comes in its first dtype', () => {
    expect(resolveModel({ repo: 'site/other' }, fallback, [other])).toMatchObject({ revision: 'main', dtype: 'q8' });
  });
  test('an unknown model comes in the usual dtype', () => {
    expect(resolveModel({ repo: 'a/b' }, fallback, [other])).toEqual({ repo: 'a/b', revision: 'main', dtype: 'q4' });
  });
});

describe('readModelWish', () => {
  const read = (text: string) => readModelWish(new URLSearchParams(text));
  test('fields that fit are taken', () => {
    const { wish, problems } = read('model=a/b&revision=v2&dtype=q4f16');
    expect(wish).toEqual({ repo: 'a/b', revision: 'v2', dtype: 'q4f16' });
    expect(problems).toEqual([]);
  });
  test('nothing asked is no problem', () => {
    expect(read('model=')).toEqual({ wish: {}, problems: [] });
  });
  test.each(['model=nope', 'model=../../etc/passwd', 'dtype=q99', 'revision=a/../b'])(
    '%s is named, not used',
    (text) => {
      const { wish, problems } = read(text);
      expect(wish).toEqual({});
      expect(problems).toHaveLength(1);
    },
  );
});

test('names of the hub', () => {
  expect(isRepo('onnx-community/Qwen3-0.6B-ONNX')).toBe(true);
  expect(isRepo('Qwen3')).toBe(false);
  expect(isRevision('main')).toBe(true);
  expect(isRevision('')).toBe(false);
});
