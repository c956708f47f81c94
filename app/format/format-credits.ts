// Credits for people. The ledger counts whole millionths of a credit ("micros"); pages show credits.
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';

/** Below this a figure would read as zero with two decimals. */
const SMALL_CREDITS = 0.01;

const plain = new Intl.NumberFormat('en-US', { minimumFractionDigits: 0, maximumFractionDigits: 2 });
const small = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** `1_250_000` -> `1.25`; small sums keep two significant digits: `1_240` -> `0.0012`. Input in micros. */
export function formatCredits(micros: number): string {
  if (!Number.isFinite(micros)) return '–';
  const credits = micros / MICROS_PER_CREDIT;
  const isSmall = credits !== 0 && Math.abs(credits) < SMALL_CREDITS;
  // A real minus sign has the width of a plus, so that columns of sums line up.
  return (isSmall ? small : plain).format(credits).replace('-', '−');
}

/** `+1.25`, `−0.5`, `0`: for lines of a statement. */
export const formatSignedCredits = (micros: number): string => `${micros > 0 ? '+' : ''}${formatCredits(micros)}`;

/** `1.25 credits`, `1 credit`. */
export function formatCreditAmount(micros: number): string {
  const figure = formatCredits(micros);
  return `${figure} ${figure === '1' ? 'credit' : 'credits'}`;
}
