import type { Backfill, Progress } from './batch.js';
import { type Fields, fieldOf, isFields, type Json } from './json.js';
import { jsonOrNull } from './json-or-null.js';

/**
 * Reads the progress of a stream from stored JSON, and checks every part (R36). Returns null for anything that is no
 * progress. A field that an earlier version did not write gets the value that makes dbsync read more, never less.
 */
export function parseProgress(text: string): Progress | null {
  const stored = jsonOrNull(text);
  if (!isFields(stored)) return null;
  const md5Proves = fieldOf(stored, 'md5Proves') ?? true;
  const plan = fieldOf(stored, 'plan') ?? null;
  const backfill = backfillOf(fieldOf(stored, 'backfill') ?? null);
  const instants = INSTANTS.map((name) => [name, fieldOf(stored, name) ?? null] as const);
  if (!instants.every(([, value]) => isInstant(value)) || backfill === undefined) return null;
  if (typeof md5Proves !== 'boolean' || (plan !== null && typeof plan !== 'string')) return null;
  const marks = Object.fromEntries(instants) as Pick<Progress, (typeof INSTANTS)[number]>;
  const unfilled = fieldOf(stored, 'unfilled') === true ? ({ unfilled: true } as const) : {};
  return { ...marks, md5Proves, plan, backfill, ...unfilled };
}

const INSTANTS = ['since', 'eventsUntil', 'listedFrom', 'fullyListedFrom', 'inboundUntil', 'md5AgreesSince'] as const;

/** An instant as dbsync writes it. `Date.parse` alone takes a text such as `foo 1` for a year. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/** Returns whether the value is an instant as dbsync writes it, or null. */
export function isInstant(value: Json): value is string | null {
  return value === null || (typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)));
}

/** Reads a back-fill; undefined for a value that is none. */
function backfillOf(value: Json): Backfill | null | undefined {
  if (value === null) return null;
  if (!isFields(value)) return undefined;
  const { from, cursor } = instantsOf(value);
  return typeof from === 'string' && isInstant(from) && isInstant(cursor) ? { from, cursor } : undefined;
}

function instantsOf(value: Fields): { readonly from: Json; readonly cursor: Json } {
  return { from: fieldOf(value, 'from') ?? null, cursor: fieldOf(value, 'cursor') ?? null };
}
