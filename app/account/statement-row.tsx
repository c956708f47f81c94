// One entry of a statement: what it came to, and for a request the bookings that it is made of, folded.
import { describeLine } from '../format/describe-line.ts';
import { formatCreditAmount, formatSignedCredits } from '../format/format-credits.ts';
import { formatWhen } from '../format/format-when.ts';
import type { StatementEntry } from '../format/sum-jobs.ts';
import { languageTag } from '../text/catalogue.ts';
import { accountText } from '../text/english/account.ts';

export function StatementRow({ entry }: { entry: StatementEntry }) {
  const text = accountText.statement;
  const { title, at, job, micros, heldMicros, lines } = entry;
  return (
    <li className="py-2" data-testid="statement-entry" data-job={job} data-micros={micros}>
      <div className="flex items-baseline justify-between gap-x-4">
        <p className="min-w-0">
          {title}
          {heldMicros > 0 && (
            <span className="ml-2 rounded-sm bg-warn-soft px-1.5 text-xs">
              {text.held(formatCreditAmount(heldMicros))}
            </span>
          )}
        </p>
        <span className={`shrink-0 font-mono ${micros > 0 ? 'font-semibold text-accent' : ''}`}>
          {formatSignedCredits(micros)}
        </span>
      </div>
      <div className="flex flex-wrap items-baseline gap-x-3 text-muted text-xs">
        <time dateTime={at.toISOString()} title={at.toLocaleString(languageTag())}>
          {formatWhen(at, new Date())}
        </time>
        {job && (
          <span className="font-mono" title={job}>
            {accountText.usage.job(job.slice(0, 8))}
          </span>
        )}
        {lines.length > 1 && (
          <details className="min-w-0 open:basis-full">
            <summary className="w-fit py-1">{text.bookings(lines.length)}</summary>
            <ol className="mt-1 space-y-1 border-line border-l-2 pl-3">
              {lines.map((line) => (
                <li key={`${line.eventId} ${line.bucket} ${line.micros}`} className="flex justify-between gap-x-4">
                  <span>{text.line(describeLine(line), text.buckets[line.bucket])}</span>
                  <span className="shrink-0 font-mono">{formatSignedCredits(line.micros)}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
    </li>
  );
}
