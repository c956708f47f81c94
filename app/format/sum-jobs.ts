// A statement as people read it: one entry per request with what it cost in the end, its bookings beneath. Pure.
import type { StatementLine } from '../../protocol/http/usage.ts';
import { formatText } from '../text/english/format.ts';

export interface StatementEntry {
  key: string;
  title: string;
  at: Date;
  job: string | undefined;
  /** What it changed over both buckets, micros: a hold that is still open changes nothing. */
  micros: number;
  /** The part of it that is set aside now. */
  heldMicros: number;
  /** Newest first; a single one needs no list. */
  lines: StatementLine[];
}

/**
 * Lines of one job become one entry at the place of its newest; others stay alone.
 *
 * @param describe what a line without a request is called.
 */
export function sumJobs(lines: readonly StatementLine[], describe: (line: StatementLine) => string): StatementEntry[] {
  const entries = new Map<string, StatementEntry>();
  for (const [index, line] of lines.entries()) {
    const key = line.job ?? `line ${index}`;
    const known = entries.get(key);
    const held = line.bucket === 'held' ? line.micros : 0;
    if (known) {
      known.lines.push(line);
      known.micros += line.micros;
      known.heldMicros += held;
    } else {
      const { at, micros } = line;
      const job = line.job ?? undefined;
      entries.set(key, { key, title: describe(line), at, job, micros, heldMicros: held, lines: [line] });
    }
  }
  for (const entry of entries.values()) if (entry.job !== undefined) entry.title = nameRequest(entry);
  return [...entries.values()];
}

/** Own tabs earn in the same settlement, so only the sum tells whether it cost or brought. */
function nameRequest({ lines, micros, heldMicros }: StatementEntry): string {
  const isOwn = lines.some(({ bucket }) => bucket === 'held');
  const { request } = formatText;
  if (!isOwn) return request.earned;
  if (heldMicros > 0) return request.underWay;
  return micros > 0 ? request.byOwnTabs : request.plain;
}
