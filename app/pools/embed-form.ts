// The form that says which pages may show a pool's chat and what its owner gives their visitors: what is typed, read. Pure.
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { type EmbedOrigins, embedOriginsSchema, type Sponsor, sponsorSchema } from '../../protocol/embed.ts';
import { poolsText } from '../text/english/pools.ts';

/** Origins with spaces, commas or lines between them; `*` alone is any page, nothing is none. A path behind one is left out. */
export function readOrigins(text: string): { value: EmbedOrigins } | { problem: string } {
  const words = text.split(/[\s,]+/).filter(Boolean);
  if (words.length === 1 && words[0] === '*') return { value: '*' };
  const origins = words.map((word) => (URL.canParse(word) ? new URL(word).origin : word));
  const result = embedOriginsSchema.safeParse([...new Set(origins)]);
  return result.success ? { value: result.data } : { problem: poolsText.embed.originsProblem };
}

export const writeOrigins = (origins: EmbedOrigins): string => (origins === '*' ? '*' : origins.join('\n'));

/** Two budgets in credits; neither: nothing is given. */
export function readSponsor(visitor: string, day: string): { value: Sponsor | null } | { problem: string } {
  if (visitor.trim() === '' && day.trim() === '') return { value: null };
  const [visitorMicros, dayMicros] = [visitor, day].map((text) => Math.round(Number(text) * MICROS_PER_CREDIT));
  const result = sponsorSchema.safeParse({ visitorMicros, dayMicros });
  return result.success ? { value: result.data } : { problem: poolsText.embed.sponsorProblem };
}

export const writeBudget = (micros: number | undefined): string =>
  micros === undefined ? '' : String(micros / MICROS_PER_CREDIT);

/** What a page puts where the chat is to be. */
export const writeTag = (site: string, pool: string): string =>
  `<script src="${site}/widget.js" defer></script>\n<compute-pool-chat pool="${pool}"></compute-pool-chat>`;
