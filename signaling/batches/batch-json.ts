// Batches and files as OpenAI writes them. Pure.
import type { BatchRow } from './batch-types.ts';
import type { FileInfo } from './file-store.ts';

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

export const fileJson = (file: FileInfo) => ({
  id: file.id,
  object: 'file' as const,
  bytes: file.bytes,
  created_at: seconds(file.createdAt),
  expires_at: seconds(file.expiresAt),
  filename: file.filename,
  purpose: file.purpose,
  status: 'processed' as const,
});

export function batchJson(batch: BatchRow) {
  const { promptTokens, completionTokens } = batch;
  const endedIf = (status: BatchRow['status']): number | null =>
    batch.status === status && batch.endedAt ? seconds(batch.endedAt) : null;
  return {
    id: batch.id,
    object: 'batch' as const,
    endpoint: batch.endpoint,
    model: batch.model,
    errors: batch.errors ? { object: 'list' as const, data: batch.errors } : null,
    input_file_id: batch.inputFileId,
    completion_window: '24h' as const,
    status: batch.status,
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    created_at: seconds(batch.createdAt),
    in_progress_at: batch.status === 'failed' ? null : seconds(batch.createdAt),
    expires_at: seconds(batch.expiresAt),
    finalizing_at: endedIf('completed'),
    completed_at: endedIf('completed'),
    failed_at: endedIf('failed'),
    expired_at: endedIf('expired'),
    cancelling_at: batch.cancellingAt ? seconds(batch.cancellingAt) : null,
    cancelled_at: endedIf('cancelled'),
    request_counts: { total: batch.total, completed: batch.completed, failed: batch.failed },
    usage: {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: batch.cachedTokens },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: promptTokens + completionTokens,
    },
    metadata: batch.metadata ?? null,
    webhook: batch.webhook,
  };
}
