import { describe, expect, test } from 'vitest';
import { batchJson, fileJson } from './batch-json.ts';
import type { BatchRow } from './batch-types.ts';

const at = (seconds: number): Date => new Date(seconds * 1000 + 999);

const ROW: BatchRow = {
  id: 'batch_1',
  owner: 'account:ann',
  endpoint: '/v1/completions',
  key: null,
  inputFileId: 'file-1',
  outputFileId: null,
  errorFileId: null,
  status: 'in_progress',
  model: 'm',
  metadata: null,
  webhook: null,
  errors: null,
  total: 3,
  completed: 1,
  failed: 1,
  promptTokens: 5,
  cachedTokens: 2,
  completionTokens: 7,
  resultBytes: 0,
  createdAt: at(100),
  expiresAt: at(200),
  cancellingAt: null,
  endedAt: null,
};

describe('times of a batch', () => {
  const NAMES = ['in_progress', 'finalizing', 'completed', 'failed', 'expired', 'cancelling', 'cancelled'] as const;
  const timesOf = (more: Partial<BatchRow>) => {
    const json = batchJson({ ...ROW, ...more });
    return Object.fromEntries(
      NAMES.flatMap((name) => (json[`${name}_at`] === null ? [] : [[name, json[`${name}_at`]]])),
    );
  };

  test.each<[Partial<BatchRow>, Record<string, number>]>([
    [{ status: 'in_progress' }, { in_progress: 100 }],
    [
      { status: 'completed', endedAt: at(150) },
      { in_progress: 100, finalizing: 150, completed: 150 },
    ],
    [{ status: 'failed', endedAt: at(100) }, { failed: 100 }],
    [
      { status: 'expired', endedAt: at(201) },
      { in_progress: 100, expired: 201 },
    ],
    [
      { status: 'cancelling', cancellingAt: at(120) },
      { in_progress: 100, cancelling: 120 },
    ],
    [
      { status: 'cancelled', cancellingAt: at(120), endedAt: at(130) },
      { in_progress: 100, cancelling: 120, cancelled: 130 },
    ],
  ])('%j', (more, expected) => {
    expect(timesOf(more)).toEqual(expected);
  });
});

test('counts and tokens add up, errors are a list, and nobody learns the owner', () => {
  const errors = [{ code: 'invalid_method', message: 'method must be POST.', line: 2, param: 'method' }];
  const json = batchJson({ ...ROW, errors });
  expect(json).toMatchObject({
    request_counts: { total: 3, completed: 1, failed: 1 },
    usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12, input_tokens_details: { cached_tokens: 2 } },
    errors: { object: 'list', data: errors },
  });
  expect(JSON.stringify(json)).not.toContain('account:ann');
});

test('a file is told without its content and its owner', () => {
  const row = { id: 'file-1', owner: 'account:ann', filename: 'in.jsonl', purpose: 'batch', bytes: 7 } as const;
  const json = fileJson({ ...row, createdAt: at(100), expiresAt: at(200), ...{ content: 'secret words' } });
  expect(json).toEqual({
    ...{ id: 'file-1', object: 'file', bytes: 7, created_at: 100, expires_at: 200 },
    ...{ filename: 'in.jsonl', purpose: 'batch', status: 'processed' },
  });
});
