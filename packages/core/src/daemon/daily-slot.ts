import { createHash } from 'node:crypto';
import cron from 'node-cron';

const HOUR_MS = 3_600_000;
const SPREAD_HOURS = 5;

/** node-cron's messages are not logged, since this task never runs. */
const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/**
 * The schedule of the daily work: an hour of the night, UTC. The task only matches instants and is never started: a
 * started task keeps a timer by the wall clock and runs for every slot that a jump of the clock has passed.
 */
const NIGHTLY = cron.createTask('* * 0 * * *', () => {}, { timezone: 'Etc/UTC', logger: SILENT });

/** Returns whether an instant lies in the hour of the campaign's daily work. */
export type DailySlot = (instantMs: number) => boolean;

/**
 * Returns the campaign's slot. It begins between 00:00 and 05:00 UTC, at another time for each campaign, so that not
 * all campaigns list at once.
 */
export function dailySlotOf(campaign: string): DailySlot {
  const shareOfSpread = createHash('sha256').update(campaign).digest().readUInt32BE() / 2 ** 32;
  const offsetMs = Math.floor(shareOfSpread * SPREAD_HOURS * HOUR_MS);
  let asked = { hour: Number.NaN, isSlot: false };
  // Remembers the result for the current hour: it is the same for all instants of an hour, and node-cron takes long to
  // find it.
  return (instantMs) => {
    const hour = Math.floor((instantMs - offsetMs) / HOUR_MS);
    if (hour !== asked.hour) asked = { hour, isSlot: NIGHTLY.match(new Date(hour * HOUR_MS)) };
    return asked.isSlot;
  };
}
