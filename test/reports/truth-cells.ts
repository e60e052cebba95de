import type { TruthRow } from '@dbsync/simulator';

export function byId(rows: readonly TruthRow[]): ReadonlyMap<string, TruthRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** Orders transactions by their time, then by their id. */
export function order(step: TruthRow): string {
  return `${time(step, 'fired')} ${step.id}`;
}

/** Returns the text of a field. An empty one is none: typed columns keep none (R23). */
export function text(row: TruthRow | undefined, field: string): string | null {
  const value = row?.values[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function number(row: TruthRow | undefined, field: string): number | null {
  const value = row?.values[field];
  return typeof value === 'number' ? value : null;
}

export function time(row: TruthRow | undefined, field: string): string | null {
  const value = text(row, field);
  return value === null ? null : new Date(value).toISOString().replace('T', ' ').slice(0, 23);
}

export function msOf(at: string): number {
  return Date.parse(`${at.replace(' ', 'T')}Z`);
}

export function seconds(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (msOf(to) - msOf(from)) / 1000;
}

/** Leaves out what the sum of binary fractions adds behind the third digit. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function least(values: readonly (string | null)[]): string | null {
  return values.filter((value) => value !== null).toSorted()[0] ?? null;
}

export function localTime(at: string, timeZone: string): string {
  const ms = msOf(at);
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(ms);
  return `${parts}.${at.slice(20)}`;
}
