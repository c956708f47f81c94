// When a workflow of a paid session is sent by itself: its schedule, as KeeperHub writes it, as a time. Pure.

/** A minute of one day of the year, in UTC. */
const ONCE = /^(\d{1,2}) (\d{1,2}) (\d{1,2}) (\d{1,2}) \*$/;
const DAY_MS = 86_400_000;

/** The next time of a schedule that names one day; one of the last day is told as it was. Undefined for any other. */
export function scheduledAt(cron: string | undefined, now: Date): Date | undefined {
  const found = ONCE.exec(cron ?? '');
  if (!found) return undefined;
  const [minute, hour, day, month] = found.slice(1).map(Number) as [number, number, number, number];
  const at = (year: number): Date => new Date(Date.UTC(year, month - 1, day, hour, minute));
  const year = now.getUTCFullYear();
  return [at(year), at(year + 1)].find((each) => each.getTime() > now.getTime() - DAY_MS);
}
