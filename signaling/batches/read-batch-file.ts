// JSON lines of an input file to the requests of a batch, or what is wrong with which line. Pure.
import { nestsDeeper } from '../http/check-json-depth.ts';
import type { Endpoint } from '../openai/refuse-unsupported.ts';
import type { BatchLimits } from './batch-types.ts';

export interface BatchLine {
  line: number;
  customId: string;
  /** JSON text of the request's body. */
  body: string;
}

export interface LineError {
  code: string;
  message: string;
  line: number | null;
  param: string | null;
}

/** Errors that are told: a file of the wrong kind has one on every line. */
const MAX_ERRORS = 50;
const MAX_CUSTOM_ID_CHARS = 512;

/** Lines count from 1; empty ones are passed over. Either there are errors, or lines. */
export function readBatchFile(
  content: string,
  endpoint: Endpoint,
  limits: Pick<BatchLimits, 'items' | 'lineBytes' | 'lineDepth'>,
): { lines: BatchLine[]; errors: LineError[]; model: string | null } {
  const lines: BatchLine[] = [];
  const errors: LineError[] = [];
  const seen = new Set<string>();
  let model: string | null = null;
  for (const [index, text] of content.split('\n').entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const read = readLine(text, endpoint, limits);
    const repeated = 'error' in read ? undefined : seen.has(read.customId);
    if ('error' in read) errors.push({ ...read.error, line });
    else if (repeated) errors.push(problem('duplicate_custom_id', 'This custom_id is used twice.', 'custom_id', line));
    else {
      seen.add(read.customId);
      lines.push({ line, customId: read.customId, body: read.body });
      model ??= read.model;
    }
    if (lines.length > limits.items) {
      errors.push(problem('too_many_requests', `A batch may have ${limits.items} requests.`, null, null));
    }
    if (errors.length >= MAX_ERRORS || lines.length > limits.items) break;
  }
  if (lines.length === 0 && errors.length === 0)
    errors.push(problem('empty_file', 'The file has no requests.', null, null));
  return errors.length > 0 ? { lines: [], errors, model } : { lines, errors, model };
}

type Read = { customId: string; body: string; model: string } | { error: Omit<LineError, 'line'> };

function readLine(text: string, endpoint: Endpoint, limits: Pick<BatchLimits, 'lineBytes' | 'lineDepth'>): Read {
  if (Buffer.byteLength(text) > limits.lineBytes) return fault('line_too_large', 'The line is larger than the limit.');
  if (nestsDeeper(text, limits.lineDepth)) return fault('invalid_json_line', 'The line nests too deep.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('invalid_json_line', 'The line is not JSON.');
  }
  if (!isRecord(value)) return fault('invalid_json_line', 'The line is not a JSON object.');
  const { custom_id: customId, method, url, body } = value;
  if (
    typeof customId !== 'string' ||
    customId === '' ||
    customId.length > MAX_CUSTOM_ID_CHARS ||
    customId.includes('\0')
  ) {
    return fault('missing_required_parameter', 'custom_id must be a text.', 'custom_id');
  }
  if (method !== 'POST') return fault('invalid_method', 'method must be POST.', 'method');
  if (url !== endpoint) return fault('mismatched_endpoint', `url must be ${endpoint}, as the batch's.`, 'url');
  if (!isRecord(body)) return fault('missing_required_parameter', 'body must be an object.', 'body');
  // It is kept in a column of its own, which takes no U+0000.
  if (typeof body.model !== 'string' || body.model.includes('\0'))
    return fault('missing_required_parameter', 'body.model must be a text.', 'body.model');
  if (body.stream) return fault('invalid_request', 'A batch cannot stream.', 'body.stream');
  if (body.dry_run) return fault('invalid_request', 'A batch cannot ask for quotes.', 'body.dry_run');
  return { customId, body: JSON.stringify(body), model: body.model };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (code: string, message: string, param: string | null = null): Read => ({
  error: { code, message, param },
});

const problem = (code: string, message: string, param: string | null, line: number | null): LineError => ({
  code,
  message,
  param,
  line,
});
