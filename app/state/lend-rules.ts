// When this window lends, as its person wants it: at which hours, and whether only while nobody uses the device. Pure.

const DAY_MINUTES = 24 * 60;

export interface LendRules {
  /** Only while nobody uses this device. */
  readonly onlyIdle: boolean;
  /** Minutes since midnight of this device's own time: from the first, before the second, which may be on the next day. */
  readonly hours?: { readonly from: number; readonly to: number } | undefined;
  /** Percent of the device's time that are lent. */
  readonly share: Share;
  /** Says so where something needs the person. */
  readonly notifies: boolean;
}

export const SHARES = [100, 75, 50, 25] as const;
export type Share = (typeof SHARES)[number];

export const NO_RULES: LendRules = { onlyIdle: false, share: 100, notifies: false };

/** What was kept, or nothing of it where it is no such thing. By hand: every page has this in its bundle. */
export function readRules(kept: string | null): LendRules {
  try {
    const { onlyIdle, hours, share, notifies } = JSON.parse(kept ?? '{}') as Record<string, unknown>;
    if (typeof onlyIdle !== 'boolean' || typeof notifies !== 'boolean' || !isShare(share)) return NO_RULES;
    if (hours === undefined) return { onlyIdle, share, notifies };
    const { from, to } = hours as { from?: unknown; to?: unknown };
    return isMinute(from) && isMinute(to) ? { onlyIdle, hours: { from, to }, share, notifies } : NO_RULES;
  } catch {
    return NO_RULES;
  }
}

const isShare = (value: unknown): value is Share => SHARES.some((share) => share === value);

const isMinute = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < DAY_MINUTES;

/** Whether somebody uses the device, as far as the browser tells. */
export type DeviceUse = 'used' | 'idle' | 'unknown';

export type RulesVerdict =
  | { lends: true }
  /** `until`: when the hours begin again; whoever waits for the device to be idle waits for no time. */
  | { lends: false; why: 'hours'; until: Date }
  | { lends: false; why: 'used' | 'unknown' };

export function judgeRules({ hours, onlyIdle }: LendRules, now: Date, use: DeviceUse): RulesVerdict {
  if (hours && !isWithin(hours, now)) return { lends: false, why: 'hours', until: nextTime(hours.from, now) };
  if (!onlyIdle || use === 'idle') return { lends: true };
  return { lends: false, why: use };
}

/** The same hour twice is the whole day. */
function isWithin({ from, to }: NonNullable<LendRules['hours']>, now: Date): boolean {
  const minute = now.getHours() * 60 + now.getMinutes();
  if (from === to) return true;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** The next moment at which a clock on the wall shows it: where a clock is put forward, that of the hour behind. */
function nextTime(minute: number, now: Date): Date {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 0, minute);
  if (at <= now) at.setDate(at.getDate() + 1);
  return at;
}

/** `75` -> `01:15`, as a field for times takes it. */
export const timeOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** Undefined where it is no time. */
export function minuteOf(time: string): number | undefined {
  const [, hour = '', minute = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hour === '' ? undefined : Number(hour) * 60 + Number(minute);
}
