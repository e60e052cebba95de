import { CliError } from '../../cli-error.js';
import type { CheckedValues } from '../../options/checked-values.js';
import { parseSince } from '../../options/since.js';

/** The days of a report, both of them in it, such as `2026-01-31`. */
export interface ReportPeriod {
  readonly firstDay: string;
  readonly lastDay: string;
}

const DAY_MS = 86_400_000;
/** The number of days of a report without a beginning. */
const USUAL_DAYS = 30;
/** About ten years: a report has a row for each hour of its period at most. */
const MOST_DAYS = 3_660;

/**
 * Returns the days that `--since` and `--until` name: by default the 30 days up to today, or up to the last day.
 *
 * @param nowMs the present, in milliseconds since 1970
 */
export function reportPeriod(checked: CheckedValues, timeZone: string, nowMs: number): ReportPeriod {
  const today = dayIn(timeZone, nowMs);
  const lastDay = dayOf(checked, 'until') ?? today;
  const firstDay = dayOf(checked, 'since') ?? dayAfter(lastDay, 1 - USUAL_DAYS);
  const days = (Date.parse(lastDay) - Date.parse(firstDay)) / DAY_MS + 1;
  if (days < 1) {
    const message = `--since ${firstDay} is later than the last day, ${lastDay}. Give an earlier --since or a later --until.`;
    throw new CliError('CLI_OPTION_VALUE', message);
  }
  if (days > MOST_DAYS) {
    const message = `A report has at most ${MOST_DAYS} days, and ${firstDay} to ${lastDay} are ${days}. Give a later --since or an earlier --until.`;
    throw new CliError('CLI_OPTION_VALUE', message);
  }
  return { firstDay, lastDay };
}

/** Returns the days of a period, in order. */
export function daysOf({ firstDay, lastDay }: ReportPeriod): readonly string[] {
  const days: string[] = [];
  for (let day = firstDay; day <= lastDay; day = dayAfter(day, 1)) days.push(day);
  return days;
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function dayOf(checked: CheckedValues, name: 'since' | 'until'): string | null {
  const given = checked.text(name);
  if (given === null) return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(given) ? parseSince(given)?.slice(0, 10) : undefined;
  if (day !== undefined && day >= '1970-01-01') return day;
  throw new CliError('CLI_OPTION_VALUE', `--${name} of a report takes a day of its time zone, such as 2026-01-31.`);
}

/** Returns a time as it is read in the zone, to the second: `2026-01-31 09:30:00`. */
export function timeIn(timeZone: string, ms: number): string {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(ms);
  } catch (cause) {
    const message = `--time-zone: ${JSON.stringify(timeZone)} is no time zone. Give its IANA name, such as Europe/Madrid.`;
    throw new CliError('CLI_OPTION_VALUE', message, { cause });
  }
}

function dayIn(timeZone: string, ms: number): string {
  return timeIn(timeZone, ms).slice(0, 10);
}
