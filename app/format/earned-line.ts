// What lending has brought so far, in one sentence. Pure.
import { formatText } from '../text/english/format.ts';
import { perLanguage } from '../text/per-language.ts';
import { formatPlural } from './format-count.ts';
import { formatCreditAmount } from './format-credits.ts';

export interface Earned {
  answers: number;
  tokens: number;
  /** What came to the balance, and what came last: with as many digits as show that. */
  gainMicros: number;
  lastMicros: number;
  since: Date;
}

const clock = perLanguage((tag) => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }));
const day = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short' }));

/** `Helped 3 answers, 412 tokens, +0.00018 credits since 12:01.` Credits are left out until some have come. */
export function earnedLine({ answers, tokens, gainMicros, lastMicros, since }: Earned, now: Date): string {
  const moment = isSameDay(since, now) ? clock().format(since) : `${day().format(since)}, ${clock().format(since)}`;
  if (answers === 0) return formatText.earned.none(moment);
  const parts = [formatPlural(answers, 'answer'), formatPlural(tokens, 'token')];
  if (gainMicros > 0) parts.push(`+${formatCreditAmount(gainMicros, lastMicros)}`);
  return formatText.earned.some(parts.join(', '), moment);
}

const isSameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();
