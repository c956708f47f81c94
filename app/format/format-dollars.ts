// Dollars for people. In a market pool prices count millionths of a millionth of a dollar ("picos") for a token; pages show
// dollars for a million tokens.
import type { Price } from '../../protocol/credits.ts';
import { formatText } from '../text/english/format.ts';
import { perLanguage } from '../text/per-language.ts';

/** A million tokens at so many picos each are so many millionths of a dollar. */
const PER_DOLLAR = 1_000_000;

/** As many digits as a price can have: it is never rounded. */
const dollars = perLanguage(
  (tag) =>
    new Intl.NumberFormat(tag, {
      ...{ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' },
      ...{ minimumFractionDigits: 2, maximumFractionDigits: 6 },
    }),
);

/** `200_000` -> `$0.20 per million tokens`. Input in picos for a token. */
export const formatPerMillion = (picos: number): string =>
  formatText.price.perMillion(dollars().format(picos / PER_DOLLAR));

/** What a market pool asks: one figure where both kinds of tokens cost the same. */
export function formatMarketPrice({ promptMicros, completionMicros }: Price): string {
  const answer = formatPerMillion(completionMicros);
  if (promptMicros === completionMicros) return answer;
  return formatText.price.both(answer, formatPerMillion(promptMicros));
}

/** `0.002545` -> `$0.002545`. */
export const formatDollars = (amount: number): string => dollars().format(amount);
