// Amounts and times of paid sessions, for people.
import { languageTag } from '../text/catalogue.ts';
import { payText } from '../text/english/pay.ts';

/** As many digits as say something: `0.25 USDC`, `0.000184 USDC`. */
export function formatUsdc(dollars: number | string): string {
  const number = Number(dollars);
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: number !== 0 && Math.abs(number) < 0.01 ? 9 : 6 };
  return payText.usdc(new Intl.NumberFormat(languageTag(), digits).format(number));
}

/** Millionths of a dollar, as USDC counts. */
export const formatUnits = (units: string): string => formatUsdc(Number(units) / 1e6);

const MINUTE = 60;
const HOUR = 3600;

export function formatAbout(seconds: number): string {
  if (seconds < 2 * MINUTE) return payText.aboutSeconds(Math.max(1, Math.round(seconds)));
  if (seconds < 2 * HOUR) return payText.aboutMinutes(Math.round(seconds / MINUTE));
  return payText.aboutHours(Math.round(seconds / HOUR));
}

/** `0x1234…abcd`, where the whole of it stands elsewhere. */
export const shortAddress = (address: string): string => `${address.slice(0, 6)}…${address.slice(-4)}`;
